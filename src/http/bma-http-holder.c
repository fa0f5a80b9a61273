/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-holder.h"

#include <string.h>

/**
 * bma_http_holder_make:
 * @bearer: a good token
 *
 * Returns: (transfer full): whose sessions its requests may use: the person and the
 *   client, so that programs of one person are kept apart too
 */
char *
bma_http_holder_make (const BmaBearer *bearer)
{
  return g_strdup_printf ("%s\n%s", bearer->subject_id != NULL ? bearer->subject_id : "",
                          bearer->grant_id != NULL ? bearer->grant_id : "");
}

static gboolean
has_family (BmaStore *store, const char *grant_id)
{
  g_autoptr (GPtrArray) families = bma_store_list (store, &bma_family_type);

  for (unsigned int i = 0; i < families->len; i++)
    if (strcmp (((const BmaFamily *) families->pdata[i])->grant_id, grant_id) == 0)
      return TRUE;
  return FALSE;
}

/**
 * bma_http_holder_is_good:
 * @store: the records
 * @holder: whose sessions they are
 *
 * Tokens of other issuers have no grant here, and end by themselves.
 *
 * Returns: whether requests of the holder can still come
 */
gboolean
bma_http_holder_is_good (BmaStore *store, const char *holder)
{
  const char *grant_id = strchr (holder, '\n') + 1;
  const BmaGrant *grant = NULL;

  if (*grant_id == '\0')
    return TRUE;
  grant = bma_store_lookup (store, &bma_grant_type, grant_id);
  return grant != NULL && (grant->client_id == NULL || has_family (store, grant_id));
}

/**
 * bma_http_holder_may_use:
 * @store: the records
 * @owner: whose session it is
 * @holder: who wants to use it
 *
 * A client that registered anew goes on with the session of its former self, once that is
 * gone.
 *
 * Returns: whether they may
 */
gboolean
bma_http_holder_may_use (BmaStore *store, const char *owner, const char *holder)
{
  size_t length = strcspn (owner, "\n");

  if (strcmp (owner, holder) == 0)
    return TRUE;
  return length > 0 && strcspn (holder, "\n") == length &&
         strncmp (owner, holder, length) == 0 &&
         bma_store_lookup (store, &bma_grant_type, owner + length + 1) == NULL;
}
