/*
 * Module accounts: companies, as hot as their people together.
 */

CREATE FUNCTION lead_temperature.email_domain(address pg_catalog.text) RETURNS pg_catalog.text
	AS 'MODULE_PATHNAME', 'lt_email_domain' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION lead_temperature.email_domain(pg_catalog.text) IS
'domain of an e-mail address in one spelling: lower case, letters in the place of xn--; NULL if it is no address';

CREATE TABLE lead_temperature.mail_provider (
	domain pg_catalog.text PRIMARY KEY
		CONSTRAINT mail_provider_domain_plain CHECK (
			lead_temperature.email_domain('mail@'::pg_catalog.text OPERATOR(pg_catalog.||) domain) IS NOT NULL
			AND lead_temperature.email_domain('mail@'::pg_catalog.text OPERATOR(pg_catalog.||) domain) OPERATOR(pg_catalog.=) domain),
	free pg_catalog.bool NOT NULL DEFAULT true
);
COMMENT ON TABLE lead_temperature.mail_provider IS
'domains that are those of free mail providers besides the ones that the extension knows, and with free = false such of these that are not';
COMMENT ON COLUMN lead_temperature.mail_provider.domain IS
'as email_domain writes it';
COMMENT ON COLUMN lead_temperature.mail_provider.free IS
'anybody can have an address there, so that it is no company';
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.mail_provider', '');
GRANT SELECT ON lead_temperature.mail_provider TO PUBLIC;

CREATE VIEW lead_temperature.free_mail_provider AS
SELECT b.domain, true AS built_in
FROM pg_catalog.unnest('{
	gmail.com,googlemail.com,
	outlook.com,outlook.de,outlook.fr,outlook.es,outlook.it,outlook.jp,outlook.com.br,
	hotmail.com,hotmail.co.uk,hotmail.de,hotmail.fr,hotmail.es,hotmail.it,hotmail.nl,hotmail.be,hotmail.com.br,hotmail.com.ar,hotmail.se,hotmail.no,hotmail.dk,hotmail.fi,hotmail.ch,hotmail.gr,hotmail.co.jp,
	live.com,live.co.uk,live.de,live.fr,live.it,live.nl,live.be,live.se,live.no,live.dk,live.at,live.ca,live.com.au,live.com.mx,live.com.pt,live.ie,
	msn.com,passport.com,windowslive.com,
	yahoo.com,yahoo.co.uk,yahoo.de,yahoo.fr,yahoo.es,yahoo.it,yahoo.nl,yahoo.se,yahoo.no,yahoo.dk,yahoo.at,yahoo.be,yahoo.ca,yahoo.ie,yahoo.pl,yahoo.ro,yahoo.gr,yahoo.in,yahoo.co.in,yahoo.co.id,yahoo.co.jp,yahoo.co.kr,yahoo.co.nz,yahoo.co.th,yahoo.co.za,yahoo.com.ar,yahoo.com.au,yahoo.com.br,yahoo.com.cn,yahoo.com.hk,yahoo.com.mx,yahoo.com.my,yahoo.com.ph,yahoo.com.sg,yahoo.com.tr,yahoo.com.tw,yahoo.com.vn,ymail.com,rocketmail.com,myyahoo.com,
	icloud.com,me.com,mac.com,
	aol.com,aol.co.uk,aol.de,aol.fr,aol.it,aim.com,
	proton.me,protonmail.com,protonmail.ch,pm.me,
	tutanota.com,tutanota.de,tutamail.com,tuta.com,tuta.io,keemail.me,
	fastmail.com,fastmail.fm,hushmail.com,hush.com,mailfence.com,posteo.de,posteo.net,mailbox.org,runbox.com,startmail.com,disroot.org,riseup.net,
	gmx.com,gmx.net,gmx.de,gmx.at,gmx.ch,gmx.fr,gmx.es,gmx.co.uk,gmx.us,gmx.info,gmx.org,gmx.eu,
	web.de,email.de,t-online.de,freenet.de,arcor.de,online.de,vodafonemail.de,
	mail.com,email.com,usa.com,post.com,consultant.com,europe.com,asia.com,dr.com,engineer.com,myself.com,
	zoho.com,zohomail.com,zohomail.eu,
	mail.ru,bk.ru,inbox.ru,list.ru,internet.ru,yandex.ru,yandex.com,yandex.by,yandex.kz,yandex.ua,ya.ru,rambler.ru,
	ukr.net,i.ua,meta.ua,
	qq.com,foxmail.com,163.com,126.com,yeah.net,sina.com,sina.cn,sohu.com,139.com,189.cn,aliyun.com,
	naver.com,daum.net,hanmail.net,kakao.com,nate.com,
	docomo.ne.jp,ezweb.ne.jp,softbank.ne.jp,au.com,
	rediffmail.com,
	libero.it,virgilio.it,tiscali.it,alice.it,tin.it,email.it,inwind.it,iol.it,
	orange.fr,wanadoo.fr,free.fr,sfr.fr,laposte.net,neuf.fr,bbox.fr,aliceadsl.fr,club-internet.fr,numericable.fr,
	btinternet.com,virginmedia.com,sky.com,talktalk.net,blueyonder.co.uk,ntlworld.com,tiscali.co.uk,
	ziggo.nl,kpnmail.nl,planet.nl,hetnet.nl,home.nl,casema.nl,upcmail.nl,xs4all.nl,telfort.nl,chello.nl,
	telenet.be,skynet.be,proximus.be,
	bluewin.ch,hispeed.ch,sunrise.ch,aon.at,chello.at,
	seznam.cz,centrum.cz,email.cz,post.cz,azet.sk,zoznam.sk,centrum.sk,
	wp.pl,o2.pl,onet.pl,onet.eu,op.pl,interia.pl,interia.eu,gazeta.pl,poczta.onet.pl,vp.pl,
	freemail.hu,citromail.hu,abv.bg,mail.bg,inbox.lv,inbox.lt,mail.ee,online.ee,
	sapo.pt,telefonica.net,terra.es,terra.com.br,uol.com.br,bol.com.br,ig.com.br,globo.com,
	comcast.net,verizon.net,att.net,sbcglobal.net,bellsouth.net,cox.net,charter.net,earthlink.net,juno.com,netzero.net,optonline.net,roadrunner.com,frontier.com,windstream.net,
	rogers.com,shaw.ca,sympatico.ca,telus.net,videotron.ca,
	bigpond.com,bigpond.net.au,optusnet.com.au,xtra.co.nz,
	online.no,telia.com,spray.se,bredband.net,suomi24.fi,luukku.com,tdcadsl.dk,jubii.dk
}'::pg_catalog.text[]) AS b (domain)
WHERE NOT EXISTS (SELECT FROM lead_temperature.mail_provider p
	WHERE p.domain OPERATOR(pg_catalog.=) b.domain)
UNION ALL
SELECT p.domain, false
FROM lead_temperature.mail_provider p
WHERE p.free;
COMMENT ON VIEW lead_temperature.free_mail_provider IS
'domains at which anybody can have an address, which are no company: those that the extension knows, as mail_provider adds to them and takes away';
GRANT SELECT ON lead_temperature.free_mail_provider TO PUBLIC;

CREATE FUNCTION lead_temperature.company_of_email(address pg_catalog.text) RETURNS pg_catalog.text
	LANGUAGE sql STABLE STRICT PARALLEL SAFE
	RETURN (SELECT d.domain FROM (SELECT lead_temperature.email_domain($1) AS domain) d
		WHERE NOT EXISTS (SELECT FROM lead_temperature.free_mail_provider p
			WHERE p.domain OPERATOR(pg_catalog.=) d.domain));
COMMENT ON FUNCTION lead_temperature.company_of_email(pg_catalog.text) IS
'domain of an e-mail address as email_domain, NULL if it is that of a free mail provider';

CREATE TABLE lead_temperature.account_source (
	interactions pg_catalog.regclass NOT NULL PRIMARY KEY,
	relation pg_catalog.regclass NOT NULL,
	key pg_catalog.name NOT NULL,
	account pg_catalog.text,
	email pg_catalog.text,
	fault pg_catalog.text
);
CREATE INDEX account_source_relation_idx ON lead_temperature.account_source (relation);
COMMENT ON TABLE lead_temperature.account_source IS
'tables that have the accounts of leads; read through the view account_sources';
COMMENT ON COLUMN lead_temperature.account_source.fault IS
'why its accounts are followed no more, NULL while they are';
SELECT pg_catalog.pg_extension_config_dump('lead_temperature.account_source', '');

CREATE VIEW lead_temperature.account_sources WITH (security_barrier) AS
SELECT t.state AS tracker,
	CASE WHEN s.relation OPERATOR(pg_catalog.<>) t.state THEN s.relation END AS relation,
	CASE WHEN s.relation OPERATOR(pg_catalog.<>) t.state THEN s.key::pg_catalog.text END AS key,
	s.account, s.email, s.fault
FROM lead_temperature.account_source s
JOIN lead_temperature.tracker t ON t.interactions OPERATOR(pg_catalog.=) s.interactions
JOIN pg_catalog.pg_class o ON o.oid OPERATOR(pg_catalog.=) s.interactions
WHERE pg_catalog.pg_has_role(o.relowner, 'USAGE'::pg_catalog.text);
COMMENT ON VIEW lead_temperature.account_sources IS
'what says to which accounts the leads of trackers belong, of the roles that one is a member of: the table of the leads, the table of one''s own, its column that has the lead, what is the account and what an e-mail address, and why that is followed no more';
GRANT SELECT ON lead_temperature.account_sources TO PUBLIC;

CREATE FUNCTION lead_temperature.follow_accounts() RETURNS pg_catalog.trigger
	AS 'MODULE_PATHNAME', 'lt_follow_accounts' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.follow_accounts() IS
'Internal: statement trigger of tables that have the accounts of leads';

CREATE FUNCTION lead_temperature.set_accounts(
	tracker pg_catalog.regclass,
	relation pg_catalog.regclass DEFAULT NULL,
	key pg_catalog.text DEFAULT NULL,
	account pg_catalog.text DEFAULT NULL,
	email pg_catalog.text DEFAULT NULL)
	RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_set_accounts' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.set_accounts(pg_catalog.regclass, pg_catalog.regclass, pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
'says to which accounts the leads of a tracker belong: by a column or an expression over a table of one''s own, by the domain of an e-mail address, or both; returns how many rows it has kept of that anew';

CREATE FUNCTION lead_temperature.refresh_accounts(tracker pg_catalog.regclass) RETURNS pg_catalog.int8
	AS 'MODULE_PATHNAME', 'lt_refresh_accounts' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lead_temperature.refresh_accounts(pg_catalog.regclass) IS
'brings accounts in line with the table that has them, where that was written without triggers, and follows it again; returns how many rows it changed';

CREATE FUNCTION lead_temperature.account_heat_add(lead_temperature.heat, state pg_catalog.regclass,
	heat lead_temperature.heat, counts pg_catalog.bool)
	RETURNS lead_temperature.heat
	AS 'MODULE_PATHNAME', 'lt_account_heat_add' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.account_heat_add(lead_temperature.heat, pg_catalog.regclass, lead_temperature.heat, pg_catalog.bool) IS
'Internal: transition function of aggregate account_heat';

CREATE FUNCTION lead_temperature.account_heat_combine(lead_temperature.heat, lead_temperature.heat)
	RETURNS lead_temperature.heat
	AS 'MODULE_PATHNAME', 'lt_account_heat_combine' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION lead_temperature.account_heat_combine(lead_temperature.heat, lead_temperature.heat) IS
'Internal: combination function of aggregate account_heat';

CREATE AGGREGATE lead_temperature.account_heat(state pg_catalog.regclass, heat lead_temperature.heat, counts pg_catalog.bool) (
	SFUNC = lead_temperature.account_heat_add,
	STYPE = lead_temperature.heat,
	COMBINEFUNC = lead_temperature.account_heat_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE lead_temperature.account_heat(pg_catalog.regclass, lead_temperature.heat, pg_catalog.bool) IS
'Internal: heat of an account: the sum of those of its leads that count, in the half-life of their tracker; never an error';
