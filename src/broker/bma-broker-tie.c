/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-private.h"

#define FAMILY_ID_BYTES 16
#define MAX_TIES        1024
/* One program can have any number of connections. */
#define MAX_OF_GRANT 256

/* The tokens of one caller that end with its bus connection. They are in no store: what
 * ends with a connection ends with this process too. */
typedef struct
{
  BmaFamily *family; /* owned */
  char *sender;      /* owned */
} Tie;

static void
tie_free (gpointer data)
{
  Tie *self = data;

  bma_record_unref (self->family);
  g_free (self->sender);
  g_free (self);
}

/**
 * bma_broker_find_tied:
 * @self: a broker
 * @family_id: what a token says of itself
 *
 * Returns: (transfer none) (nullable): the family, if its caller is still there
 */
const BmaFamily *
bma_broker_find_tied (BmaBroker *self, const char *family_id)
{
  const Tie *tie = g_hash_table_lookup (self->ties, family_id);

  return tie != NULL ? tie->family : NULL;
}

static Tie *
find (BmaBroker *self, const char *sender, const char *grant_id)
{
  GHashTableIter iter;
  Tie *tie = NULL;

  g_hash_table_iter_init (&iter, self->ties);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &tie))
    if (g_str_equal (tie->sender, sender) &&
        g_str_equal (tie->family->grant_id, grant_id))
      return tie;
  return NULL;
}

static gboolean
has_room (BmaBroker *self, const BmaGrant *grant)
{
  GHashTableIter iter;
  const Tie *tie = NULL;
  unsigned int n = 0;

  g_hash_table_iter_init (&iter, self->ties);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &tie))
    n += g_str_equal (tie->family->grant_id, grant->record.id);
  return n < MAX_OF_GRANT && g_hash_table_size (self->ties) < MAX_TIES;
}

static Tie *
add (BmaBroker *self, const char *sender, const BmaGrant *grant)
{
  g_autofree char *id = bma_entropy_hex (self->entropy, FAMILY_ID_BYTES);
  Tie *tie = g_new0 (Tie, 1);

  tie->sender = g_strdup (sender);
  tie->family = bma_record_new (&bma_family_type, id);
  tie->family->grant_id = g_strdup (grant->record.id);
  tie->family->resource = g_strdup (grant->resource);
  tie->family->scopes = g_strdupv (grant->scopes);
  tie->family->signed_in_at_s = self->subject->signed_in_at_s;
  tie->family->created_at_s = bma_broker_now_s (self);
  g_hash_table_insert (self->ties, tie->family->record.id, tie);
  return tie;
}

/**
 * bma_broker_tie:
 * @self: a broker
 * @sender: a bus connection
 * @grant: what it uses
 * @until_s: end of the life of the token that is to be signed
 *
 * Returns: (transfer none) (nullable): the family for it, which ends with the connection;
 *   %NULL if there are too many
 */
const char *
bma_broker_tie (BmaBroker *self,
                const char *sender,
                const BmaGrant *grant,
                int64_t until_s)
{
  Tie *tie = find (self, sender, grant->record.id);

  if (tie == NULL && !has_room (self, grant))
    return NULL;
  if (tie == NULL)
    tie = add (self, sender, grant);
  tie->family->expires_at_s = MAX (tie->family->expires_at_s, until_s);
  return tie->family->record.id;
}

/**
 * bma_broker_untie:
 * @self: a broker
 * @sender: (nullable): a bus connection that is gone; %NULL for all
 * @grant_id: (nullable): a grant that was taken back; %NULL for all
 *
 * Ends tied tokens at once.
 */
void
bma_broker_untie (BmaBroker *self, const char *sender, const char *grant_id)
{
  g_autoptr (GPtrArray) ended = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  Tie *tie = NULL;

  g_hash_table_iter_init (&iter, self->ties);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &tie))
    if ((sender == NULL || g_str_equal (tie->sender, sender)) &&
        (grant_id == NULL || g_str_equal (tie->family->grant_id, grant_id)))
      {
        g_ptr_array_add (ended, g_strdup (tie->family->grant_id));
        g_hash_table_iter_remove (&iter);
      }
  for (unsigned int i = 0; i < ended->len; i++)
    {
      const BmaGrant *grant =
          bma_store_lookup (self->store, &bma_grant_type, ended->pdata[i]);

      bma_token_cache_drop (self->tokens, ended->pdata[i]);
      if (sender != NULL && grant != NULL)
        bma_broker_emit_grant_changed (self, grant, "untied");
    }
}

/**
 * bma_broker_has_ties:
 * @self: a broker
 *
 * Returns: whether somebody who is there has a tied token that is still good
 */
gboolean
bma_broker_has_ties (BmaBroker *self)
{
  int64_t now_s = bma_broker_now_s (self);
  GHashTableIter iter;
  const Tie *tie = NULL;

  g_hash_table_iter_init (&iter, self->ties);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &tie))
    if (tie->family->expires_at_s > now_s)
      return TRUE;
  return FALSE;
}

/**
 * bma_broker_init_ties:
 * @self: a broker
 *
 * Nothing is tied yet.
 */
void
bma_broker_init_ties (BmaBroker *self)
{
  self->ties = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, tie_free);
}
