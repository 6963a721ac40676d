/*-------------------------------------------------------------------------
 *
 * lead_temperature.c
 *	  What happens when the library is loaded.
 *
 *-------------------------------------------------------------------------
 */
#include "lead_temperature.h"

#include "lead.h"
#include "tracker.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

/* _PG_init lets each part of the extension register what it listens to. */
void
_PG_init(void)
{
	enums_init();
	trackers_init();
	leads_init();
}
