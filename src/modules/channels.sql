/*
 * Module channels.
 */

CREATE FUNCTION lead_temperature.marketing_channel(source pg_catalog.text, medium pg_catalog.text DEFAULT NULL,
		referrer pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.text
	LANGUAGE sql IMMUTABLE LEAKPROOF PARALLEL SAFE COST 10
	BEGIN ATOMIC
SELECT coalesce(
	'{"cpc": "ads", "ppc": "ads", "cpm": "ads", "cpv": "ads", "cpa": "ads", "paid": "ads", "paid_search": "ads", "paid-search": "ads", "paidsearch": "ads",
		"paid_social": "ads", "paid-social": "ads", "paidsocial": "ads", "display": "ads", "banner": "ads", "retargeting": "ads", "remarketing": "ads",
		"ad": "ads", "ads": "ads", "email": "email", "e-mail": "email", "mail": "email", "newsletter": "email",
		"social": "social", "social_media": "social", "social-media": "social", "social-network": "social", "sm": "social", "organic": "seo", "seo": "seo",
		"exhibition": "exhibitions", "exhibitions": "exhibitions", "expo": "exhibitions", "fair": "exhibitions", "tradeshow": "exhibitions",
		"trade_show": "exhibitions", "trade-show": "exhibitions", "conference": "exhibitions", "event": "exhibitions", "events": "exhibitions",
		"offline": "offline", "print": "offline", "flyer": "offline", "brochure": "offline", "radio": "offline", "tv": "offline", "billboard": "offline",
		"outdoor": "offline", "qr": "offline", "phone": "offline", "call": "offline", "direct_mail": "offline", "direct-mail": "offline", "store": "offline"}'
		::pg_catalog.jsonb OPERATOR(pg_catalog.->>) pg_catalog.lower(medium),
	'{"newsletter": "email", "email": "email", "e-mail": "email", "facebook": "social", "fb": "social", "instagram": "social", "ig": "social",
		"linkedin": "social", "twitter": "social", "x": "social", "youtube": "social", "tiktok": "social", "pinterest": "social", "reddit": "social"}'
		::pg_catalog.jsonb OPERATOR(pg_catalog.->>) pg_catalog.lower(source),
	CASE WHEN source OPERATOR(pg_catalog.~*) '^(e-?mail|newsletter)' THEN 'email'
		WHEN source OPERATOR(pg_catalog.~*) '(exhibition|expo|trade.?show)' THEN 'exhibitions'
		WHEN referrer OPERATOR(pg_catalog.~*)
			'^(https?://)?([^/]*\.)?(facebook\.com|instagram\.com|linkedin\.com|lnkd\.in|twitter\.com|x\.com|t\.co|youtube\.com|tiktok\.com|pinterest\.[a-z.]+|reddit\.com)(/|$)'
			THEN 'social'
		WHEN referrer OPERATOR(pg_catalog.~*)
			'^(https?://)?([^/]*\.)?(google|bing|duckduckgo|yahoo|yandex|baidu|ecosia|qwant|startpage)\.[a-z.]+(/|$)' THEN 'seo'
		WHEN medium OPERATOR(pg_catalog.<>) '' OR source OPERATOR(pg_catalog.<>) '' OR referrer OPERATOR(pg_catalog.<>) '' THEN 'referral'
	END);
END;
COMMENT ON FUNCTION lead_temperature.marketing_channel(pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
'a template for channels: ads, email, exhibitions, offline, social, seo or referral by utm_source, utm_medium and referrer, NULL where nothing says; copy it to change it';

CREATE FUNCTION lead_temperature.channel_figures(state pg_catalog.regclass,
		OUT rule pg_catalog.text, OUT week pg_catalog.timestamptz, OUT channel pg_catalog.text, OUT touches pg_catalog.int8,
		OUT visitors pg_catalog.numeric, OUT leads pg_catalog.numeric, OUT marketing_qualified pg_catalog.numeric,
		OUT sales_qualified pg_catalog.numeric, OUT hot pg_catalog.numeric, OUT customers pg_catalog.numeric,
		OUT conversions pg_catalog.numeric, OUT value pg_catalog.numeric)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'lt_channel_figures' LANGUAGE C STABLE STRICT COST 100000 ROWS 1000;
COMMENT ON FUNCTION lead_temperature.channel_figures(pg_catalog.regclass) IS
'Internal: attribution() of the leads of a state table, for who may read it in the view of channels; for that view';
