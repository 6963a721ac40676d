/*-------------------------------------------------------------------------
 *
 * checkpoint.h
 *	  What a lead with very many interactions was a while ago.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include "state/state_table.h"

/*
 * Rows after a checkpoint: fewer are replayed faster than it pays to keep what
 * the lead was before them.
 */
#define CHECKPOINT_ROWS		64

extern Datum checkpoint_of(const StoredLead *stored);
extern bool checkpoint_is(Datum checkpoint, const StoredLead *stored);
extern bool checkpoint_read(Datum checkpoint, const ModelVersion *model, StoredLead *stored);

#endif							/* CHECKPOINT_H */
