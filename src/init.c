/*-------------------------------------------------------------------------
 *
 * init.c
 *	  What happens when the library is loaded.
 *
 *-------------------------------------------------------------------------
 */
#include "types/lead_temperature.h"

#include "catalog/readers.h"
#include "catalog/tracker_cache.h"
#include "commands/account_rows.h"
#include "modules/handoff.h"
#include "modules/write_back.h"
#include "rows/id_map.h"
#include "state/fit.h"
#include "state/lead_update.h"
#include "state/record.h"
#include "state/transition_log.h"

#include "utils/guc.h"

PG_MODULE_MAGIC;

extern PGDLLEXPORT void _PG_init(void);

/* _PG_init lets each part of the extension register what it listens to. */
void
_PG_init(void)
{
	enums_init();
	trackers_init();
	readers_init();
	records_init();
	leads_init();
	transition_log_init();
	id_maps_init();
	fits_init();
	handoffs_init();
	write_back_init();
	accounts_init();
	MarkGUCPrefixReserved("lead_temperature");
}
