/*
 * loan.sql
 *	  A model for applications for consumer loans, as a Dutch bank logged them
 *	  (BPI Challenge 2012, doi 10.4121/uuid:3926db30-f712-4394-aebc-75976070e91f).
 *
 * A_ is what becomes of the application, O_ of the offers, W_ is work of the
 * staff.  An application that is decided is so within about two weeks.  Of all
 * applications 18 % are approved, of those that get an offer 47 %, of those
 * whose offer comes back signed 71 %, within four days: that makes hot.
 *
 * A_APPROVED comes first of three that record one decision; the two others
 * would count it again.  O_ACCEPTED and O_DECLINED follow the decision as well.
 * Work shows as two or three rows each, and whoever is called is not yet
 * interested: together it holds less than makes warm.
 */

INSERT INTO lead_temperature.model (name, half_life, warm, mql, hot) VALUES ('demo', '10 days', 10, 25, 40);

INSERT INTO lead_temperature.signal_group (model, name, cap) VALUES ('demo', 'work', 8);

INSERT INTO lead_temperature.signal (model, kind, points, signal_group, stage) VALUES
	('demo', 'A_SUBMITTED', 2, NULL, 'lead'),
	('demo', 'A_PARTLYSUBMITTED', 4, NULL, NULL),
	('demo', 'A_PREACCEPTED', 10, NULL, NULL),
	('demo', 'A_ACCEPTED', 8, NULL, NULL),
	('demo', 'A_FINALIZED', 6, NULL, NULL),
	('demo', 'O_SELECTED', 0, NULL, NULL),
	('demo', 'O_CREATED', 0, NULL, NULL),
	('demo', 'O_SENT', 6, NULL, 'opportunity'),
	('demo', 'O_SENT_BACK', 40, NULL, 'opportunity'),
	('demo', 'O_CANCELLED', -10, NULL, NULL),
	('demo', 'O_ACCEPTED', 0, NULL, NULL),
	('demo', 'O_DECLINED', 0, NULL, NULL),
	('demo', 'A_REGISTERED', 0, NULL, NULL),
	('demo', 'A_ACTIVATED', 0, NULL, NULL),
	('demo', 'W_Afhandelen leads', 0.5, 'work', NULL),
	('demo', 'W_Completeren aanvraag', 0.5, 'work', NULL),
	('demo', 'W_Nabellen offertes', 0.5, 'work', NULL),
	('demo', 'W_Valideren aanvraag', 1, 'work', NULL),
	('demo', 'W_Nabellen incomplete dossiers', 2, 'work', NULL),
	('demo', 'W_Beoordelen fraude', -8, NULL, NULL),
	('demo', 'W_Wijzigen contractgegevens', 0, NULL, NULL);

INSERT INTO lead_temperature.signal (model, kind, outcome) VALUES
	('demo', 'A_APPROVED', 'won'),
	('demo', 'A_DECLINED', 'lost'),
	('demo', 'A_CANCELLED', 'lost');
