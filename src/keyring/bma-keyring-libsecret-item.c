/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyring-libsecret-private.h"

#include "bma-names.h"

#define MAX_SECRET_BYTES (64 * 1024)

static const SecretSchema schema = {
  BMA_KEYRING_SCHEMA,
  SECRET_SCHEMA_NONE,
  {
      { "kind", SECRET_SCHEMA_ATTRIBUTE_STRING },
      { "issuer", SECRET_SCHEMA_ATTRIBUTE_STRING },
      { NULL, 0 },
  },
};

/* What one load or save is about. */
typedef struct
{
  GHashTable *attributes; /* owned */
  char *label;            /* owned (nullable): save only */
  BmaSecret *secret;      /* owned (nullable): save only */
} Item;

static void
item_free (gpointer data)
{
  Item *self = data;

  g_hash_table_unref (self->attributes);
  g_clear_pointer (&self->secret, bma_secret_unref);
  g_free (self->label);
  g_free (self);
}

static Item *
item_new (const char *kind, const char *issuer)
{
  Item *self = g_new0 (Item, 1);

  self->attributes =
      secret_attributes_build (&schema, "kind", kind, "issuer", issuer, NULL);
  return self;
}

static void
fail (BmaKeyringCall *call, GError *error)
{
  g_autoptr (GError) translated = bma_keyring_translate_error (error);

  bma_keyring_libsecret_note (bma_keyring_call_get_source (call), NULL, translated);
  bma_keyring_call_fail (call, g_steal_pointer (&translated));
}

static BmaSecret *
value_to_secret (SecretValue *value, GError **error)
{
  gsize n_bytes = 0;
  const char *bytes = secret_value_get (value, &n_bytes);

  if (n_bytes <= MAX_SECRET_BYTES)
    return bma_secret_new_bytes (bytes, n_bytes);
  g_set_error_literal (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_FAILED,
                       "The secret in the keyring is larger than 64 KiB");
  return NULL;
}

static void
on_secret_retrieved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaKeyringCall) call = user_data;
  g_autoptr (SecretValue) value = NULL;
  BmaSecret *secret = NULL;
  GError *error = NULL;

  value = secret_retrievable_retrieve_secret_finish (SECRET_RETRIEVABLE (source), result,
                                                     &error);
  if (value != NULL)
    secret = value_to_secret (value, &error);
  else if (error == NULL)
    error = g_error_new_literal (BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_FAILED,
                                 "The keyring gave an item without its secret");
  if (secret != NULL)
    bma_keyring_call_succeed (call, secret, (GDestroyNotify) bma_secret_unref);
  else
    fail (call, error);
}

/* A keyring that was locked in between finds nothing as well. */
static void
on_empty_place_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaKeyringCall) call = user_data;
  g_autoptr (BmaKeyringPlace) place = bma_keyring_libsecret_take_place (call, result);
  GError *error = NULL;

  if (place == NULL)
    return;
  if (bma_keyring_place_check (place, &error))
    error = g_error_new_literal (BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_NOT_FOUND,
                                 "The keyring has no such secret");
  bma_keyring_call_fail (call, error);
}

static void
on_item_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaKeyringCall) call = user_data;
  GError *error = NULL;
  GList *items = secret_password_search_finish (result, &error);
  GCancellable *cancellable = bma_keyring_call_get_cancellable (call);

  if (error != NULL)
    fail (call, error);
  else if (items == NULL)
    bma_keyring_place_find_async (cancellable, on_empty_place_found,
                                  bma_keyring_call_ref (call));
  else
    secret_retrievable_retrieve_secret (SECRET_RETRIEVABLE (items->data), cancellable,
                                        on_secret_retrieved, bma_keyring_call_ref (call));
  g_list_free_full (items, g_object_unref);
}

/* secret_password_lookup() would unlock, with a prompt, an item of another keyring. */
static void
on_load_place_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaKeyringCall) call = user_data;
  g_autoptr (BmaKeyringPlace) place = bma_keyring_libsecret_take_place (call, result);
  Item *item = bma_keyring_call_get_data (call);
  GError *error = NULL;

  if (place == NULL)
    return;
  if (!bma_keyring_place_check (place, &error))
    bma_keyring_call_fail (call, error);
  else
    secret_password_searchv (&schema, item->attributes, SECRET_SEARCH_NONE,
                             bma_keyring_call_get_cancellable (call), on_item_found,
                             bma_keyring_call_ref (call));
}

/**
 * bma_keyring_libsecret_load:
 * @keyring: a keyring
 * @kind: what it is
 * @issuer: whose it is
 * @cancellable: (nullable): to give up
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Implements [method@Keyring.load_async]: the place, the item, its secret.
 */
void
bma_keyring_libsecret_load (BmaKeyring *keyring,
                            const char *kind,
                            const char *issuer,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  BmaKeyringCall *call = bma_keyring_call_new (keyring, bma_keyring_libsecret_load,
                                               BMA_KEYRING_LIMIT_MS, cancellable,
                                               callback, user_data);

  bma_keyring_call_set_data (call, item_new (kind, issuer), item_free);
  bma_keyring_place_find_async (bma_keyring_call_get_cancellable (call),
                                on_load_place_found, call);
}

static void
on_item_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaKeyringCall) call = user_data;
  GError *error = NULL;

  if (secret_password_store_finish (result, &error))
    bma_keyring_call_succeed (call, GINT_TO_POINTER (TRUE), NULL);
  else
    fail (call, error);
}

static void
on_save_place_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaKeyringCall) call = user_data;
  g_autoptr (BmaKeyringPlace) place = bma_keyring_libsecret_take_place (call, result);
  g_autoptr (SecretValue) value = NULL;
  Item *item = bma_keyring_call_get_data (call);
  GError *error = NULL;

  if (place == NULL)
    return;
  if (!bma_keyring_place_check (place, &error))
    {
      bma_keyring_call_fail (call, error);
      return;
    }
  value = secret_value_new (bma_secret_peek (item->secret),
                            (gssize) bma_secret_get_size (item->secret), "text/plain");
  secret_password_storev_binary (&schema, item->attributes, SECRET_COLLECTION_DEFAULT,
                                 item->label, value,
                                 bma_keyring_call_get_cancellable (call), on_item_stored,
                                 bma_keyring_call_ref (call));
}

/**
 * bma_keyring_libsecret_save:
 * @keyring: a keyring
 * @kind: what it is
 * @issuer: whose it is
 * @label: its name for people
 * @secret: what to keep
 * @cancellable: (nullable): to give up
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Implements [method@Keyring.save_async]: the place, then the item.
 */
void
bma_keyring_libsecret_save (BmaKeyring *keyring,
                            const char *kind,
                            const char *issuer,
                            const char *label,
                            BmaSecret *secret,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  BmaKeyringCall *call = bma_keyring_call_new (keyring, bma_keyring_libsecret_save,
                                               BMA_KEYRING_LIMIT_MS, cancellable,
                                               callback, user_data);
  Item *item = item_new (kind, issuer);

  item->label = g_strdup (label);
  item->secret = bma_secret_ref (secret);
  bma_keyring_call_set_data (call, item, item_free);
  bma_keyring_place_find_async (bma_keyring_call_get_cancellable (call),
                                on_save_place_found, call);
}
