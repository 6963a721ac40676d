/*-------------------------------------------------------------------------
 *
 * version.h
 *	  Whether the library fits the extension in the database.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERSION_H
#define VERSION_H

extern void lt_check_version(void);

#endif							/* VERSION_H */
