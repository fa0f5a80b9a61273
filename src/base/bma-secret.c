/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-secret.h"

#include <string.h>

#include "bma-text.h"

struct _BmaSecret
{
  grefcount refs;
  size_t n_bytes;
  char *bytes; /* owned, always NUL-terminated */
};

G_DEFINE_BOXED_TYPE (BmaSecret, bma_secret, bma_secret_ref, bma_secret_unref)

/**
 * bma_secret_new_bytes:
 * @bytes: what to keep
 * @n_bytes: how many
 *
 * Returns: (transfer full): a secret with a copy of @bytes
 */
BmaSecret *
bma_secret_new_bytes (const void *bytes, size_t n_bytes)
{
  BmaSecret *self = g_new0 (BmaSecret, 1);

  g_ref_count_init (&self->refs);
  self->n_bytes = n_bytes;
  self->bytes = g_malloc (n_bytes + 1);
  if (n_bytes > 0)
    memcpy (self->bytes, bytes, n_bytes);
  self->bytes[n_bytes] = '\0';
  return self;
}

/**
 * bma_secret_new:
 * @text: what to keep
 *
 * Returns: (transfer full): a secret with a copy of @text
 */
BmaSecret *
bma_secret_new (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  return bma_secret_new_bytes (text, strlen (text));
}

/**
 * bma_secret_new_take:
 * @text: (transfer full): what to keep; wiped and freed
 *
 * Returns: (transfer full): a secret with a copy of @text
 */
BmaSecret *
bma_secret_new_take (char *text)
{
  BmaSecret *self = bma_secret_new (text);

  bma_secret_free_text (text);
  return self;
}

/**
 * bma_secret_ref:
 * @self: a secret
 *
 * Returns: (transfer full): @self
 */
BmaSecret *
bma_secret_ref (BmaSecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_ref_count_inc (&self->refs);
  return self;
}

/**
 * bma_secret_unref:
 * @self: (transfer full): a secret
 *
 * Drops a reference; the last one wipes the bytes.
 */
void
bma_secret_unref (BmaSecret *self)
{
  g_return_if_fail (self != NULL);

  if (!g_ref_count_dec (&self->refs))
    return;
  explicit_bzero (self->bytes, self->n_bytes);
  g_free (self->bytes);
  g_free (self);
}

/**
 * bma_secret_peek:
 * @self: a secret
 *
 * Returns: (transfer none): the bytes, NUL-terminated
 */
const char *
bma_secret_peek (const BmaSecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->bytes;
}

/**
 * bma_secret_get_size:
 * @self: a secret
 *
 * Returns: size in bytes, without the terminating NUL
 */
size_t
bma_secret_get_size (const BmaSecret *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_bytes;
}

/**
 * bma_secret_equal:
 * @a: a secret
 * @b: another
 *
 * Compares in time that depends on the length only.
 *
 * Returns: whether the bytes are the same
 */
gboolean
bma_secret_equal (const BmaSecret *a, const BmaSecret *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return a->n_bytes == b->n_bytes &&
         bma_text_equal_const_time (a->bytes, b->bytes, a->n_bytes);
}

/**
 * bma_secret_equal_text:
 * @self: a secret
 * @text: (nullable): text from outside
 *
 * Returns: whether @text is the secret, compared in time that depends on its length only
 */
gboolean
bma_secret_equal_text (const BmaSecret *self, const char *text)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return text != NULL && strlen (text) == self->n_bytes &&
         bma_text_equal_const_time (self->bytes, text, self->n_bytes);
}

/**
 * bma_secret_wipe_text:
 * @text: (nullable): secret text in a buffer that somebody else frees
 *
 * Overwrites @text with NULs.
 */
void
bma_secret_wipe_text (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
}

/**
 * bma_secret_free_text:
 * @text: (nullable) (transfer full): secret text
 *
 * Overwrites @text, then frees it.
 */
void
bma_secret_free_text (char *text)
{
  bma_secret_wipe_text (text);
  g_free (text);
}
