/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-remote-place.h"

/**
 * bma_remote_place_new:
 * @from: where it is
 *
 * Returns: (transfer full): a place of which nothing is known
 */
BmaRemotePlace *
bma_remote_place_new (const BmaKeyPlace *from)
{
  BmaRemotePlace *self = g_new0 (BmaRemotePlace, 1);

  g_ref_count_init (&self->refs);
  self->issuer = g_strdup (from->issuer);
  self->jwks_uri = g_strdup (from->jwks_uri);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  bma_key_cache_init (&self->cache);
  return self;
}

/**
 * bma_remote_place_ref:
 * @self: a place
 *
 * Returns: (transfer full): @self
 */
BmaRemotePlace *
bma_remote_place_ref (BmaRemotePlace *self)
{
  g_ref_count_inc (&self->refs);
  return self;
}

/**
 * bma_remote_place_unref:
 * @self: (transfer full): a place
 *
 * Drops a reference.
 */
void
bma_remote_place_unref (BmaRemotePlace *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;
  g_free (self->issuer);
  g_free (self->jwks_uri);
  g_ptr_array_unref (self->waiting);
  bma_key_cache_clear (&self->cache);
  g_free (self);
}

/**
 * bma_remote_place_get_name:
 * @self: a place
 *
 * Returns: (transfer none): what it is called in messages
 */
const char *
bma_remote_place_get_name (const BmaRemotePlace *self)
{
  return self->issuer != NULL ? self->issuer : self->jwks_uri;
}

/**
 * bma_remote_place_make_name:
 * @place: a place
 *
 * Returns: (transfer full): what tells it from others
 */
char *
bma_remote_place_make_name (const BmaKeyPlace *place)
{
  return place->issuer != NULL ? g_strconcat ("issuer ", place->issuer, NULL)
                               : g_strconcat ("keys ", place->jwks_uri, NULL);
}
