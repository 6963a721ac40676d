/*-------------------------------------------------------------------------
 *
 * model.h
 *	  Models: what interactions weigh.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MODEL_H
#define MODEL_H

extern void model_create(const char *name, const char *template_name);

#endif							/* MODEL_H */
