/*-------------------------------------------------------------------------
 *
 * channels.h
 *	  Module channels: which of them bring leads, and at what cost.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHANNELS_H
#define CHANNELS_H

#include "commands/tracker_objects.h"

#define SPEND_SUFFIX		"spend"
#define CHANNEL_SUFFIX		"channel"

extern const TableShape spend_shape;
extern const char channel_query[];
extern const char channel_columns[];

extern char *spend_extras(const TrackRequest *request, const char *name);

#endif							/* CHANNELS_H */
