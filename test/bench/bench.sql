/*
 * bench.sql
 *	  What the peers and the loads share: the traffic, and how points decay.
 */

CREATE EXTENSION lead_temperature;
SELECT lead_temperature.create_model('bench');

CREATE SCHEMA bench;

-- A hundred interactions as they come: most are page views, few say much.
CREATE FUNCTION bench.kinds() RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	AS $$
SELECT array_agg(kind)
FROM (VALUES ('page_view', 55), ('visit', 15), ('product_view', 10), ('pricing_view', 5), ('email_click', 4),
		('newsletter_signup', 3), ('info_request', 2), ('question', 1), ('add_to_cart', 1), ('call', 1),
		('demo_request', 1), ('purchase', 1), ('opportunity_lost', 1)) AS v (kind, share),
	generate_series(1, share)
$$;

-- Their points, in the same order.
CREATE FUNCTION bench.points() RETURNS float8[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	AS $$
SELECT array_agg(coalesce(t.points, 0) ORDER BY i)
FROM unnest(bench.kinds()) WITH ORDINALITY AS k (kind, i)
JOIN lead_temperature.template_signal('default') AS t USING (kind)
$$;

/*
 * Rows in the order of time, as many of each lead as of any other.  The lead
 * steps by a large prime, so that neighbouring rows are of leads far apart,
 * and the kind is a hash of the row's number.
 */
CREATE FUNCTION bench.rows(n bigint, leads bigint, since interval, until interval)
	RETURNS TABLE (lead bigint, kind text, at timestamptz)
	LANGUAGE sql STABLE PARALLEL SAFE
	AS $$
SELECT 1 + (i * 2654435761) % leads, (bench.kinds())[1 + (hashint8(i) & 2147483647) % 100],
	now() - since + i * ((since - until) / n)
FROM generate_series(1, n) AS i
$$;

-- What is left of a point after some time, in the arithmetic that is fastest.
CREATE FUNCTION bench.decay(age interval) RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	AS $$
SELECT power(2.0::float8, date_part('epoch', age) / -1209600.0::float8)
$$;

-- The same in the arithmetic that extract() leads to.
CREATE FUNCTION bench.decay_numeric(age interval) RETURNS numeric
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	AS $$
SELECT power(2.0, extract(epoch FROM age)::numeric / -1209600)
$$;
