INSERT INTO event (lead, kind, at) :rows;
