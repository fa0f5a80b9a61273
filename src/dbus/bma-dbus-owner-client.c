/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-owner-client.h"

#include <gio/gunixfdlist.h>
#include <string.h>

#include "bma-broker-owner-client.h"
#include "bma-dbus-token.h"
#include "bma-text.h"

#define MAX_STRINGS    32
#define MAX_TEXT_BYTES 4096
#define MAX_KEY_BYTES  (16 * 1024)

typedef struct
{
  const char *name;
  const char *type;
  size_t offset;
  size_t max_bytes; /* of each string */
} Option;

#define OPTION(name, type, member, max)                                                  \
  {                                                                                      \
    name, type, G_STRUCT_OFFSET (BmaOwnerClientRequest, member), max                     \
  }

static const Option table[] = {
  OPTION ("name", "s", name, MAX_TEXT_BYTES),
  OPTION ("scopes", "as", scopes, MAX_TEXT_BYTES),
  OPTION ("grant-types", "as", grant_types, MAX_TEXT_BYTES),
  OPTION ("redirect-uris", "as", redirect_uris, MAX_TEXT_BYTES),
  OPTION ("auth-method", "s", auth_method, MAX_TEXT_BYTES),
  OPTION ("jwks", "s", jwks, MAX_KEY_BYTES),
  OPTION ("resource-server", "b", is_resource_server, 0),
};

static gboolean
refuse (GError **error, const char *name, const char *why)
{
  g_autofree char *shown = bma_text_display (name, 64);

  g_set_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT,
               "The option '%s' %s", shown, why);
  return FALSE;
}

/* Strings stay the message's; arrays of them are kept in @arrays. */
static gboolean
take_option (BmaOwnerClientRequest *request,
             const Option *option,
             GVariant *value,
             GPtrArray *arrays,
             GError **error)
{
  gpointer place = G_STRUCT_MEMBER_P (request, option->offset);
  const char **strings = NULL;
  size_t n_strings = 0;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (option->type)))
    return refuse (error, option->name, "is of another D-Bus type");
  if (*option->type == 'b')
    *(gboolean *) place = g_variant_get_boolean (value);
  else if (*option->type == 's')
    {
      *(const char **) place = g_variant_get_string (value, NULL);
      if (strlen (*(const char **) place) > option->max_bytes)
        return refuse (error, option->name, "is too long");
    }
  else
    {
      strings = g_variant_get_strv (value, &n_strings);
      g_ptr_array_add (arrays, strings);
      *(const char *const **) place = strings;
      for (size_t i = 0; i < n_strings; i++)
        if (n_strings > MAX_STRINGS || strlen (strings[i]) > option->max_bytes)
          return refuse (error, option->name, "is too long");
    }
  return TRUE;
}

static gboolean
read_options (GVariant *options,
              BmaOwnerClientRequest *request,
              GPtrArray *kept,
              GPtrArray *arrays,
              GError **error)
{
  GVariantIter iter;
  const char *name = NULL;
  GVariant *value = NULL;

  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value))
    {
      const Option *option = NULL;

      g_ptr_array_add (kept, value);
      for (size_t i = 0; i < G_N_ELEMENTS (table); i++)
        if (strcmp (table[i].name, name) == 0)
          option = &table[i];
      if (option == NULL)
        return refuse (error, name, "is not known here");
      if (!take_option (request, option, value, arrays, error))
        return FALSE;
    }
  return TRUE;
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDbusCall) call = user_data;
  GError *error = NULL;
  g_autoptr (BmaNewClient)
      created = bma_broker_create_client_finish (BMA_BROKER (source), result, &error);
  g_autoptr (GUnixFDList) fds = NULL;
  GVariantDict dict;

  if (created == NULL)
    {
      bma_dbus_call_fail (call, error);
      return;
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "client-id", "s", bma_client_get_id (created->client));
  g_variant_dict_insert (&dict, "auth-method", "s", created->client->auth_method);
  if (created->secret != NULL &&
      !bma_dbus_token_add_file (&dict, "secret-fd", created->secret, &fds, &error))
    {
      g_variant_dict_clear (&dict);
      bma_dbus_call_fail (call, error);
      return;
    }
  bma_dbus_call_return (call, g_variant_new ("(@a{sv})", g_variant_dict_end (&dict)),
                        fds);
}

/**
 * bma_dbus_owner_client_create:
 * @call: a call of CreateClient by a program that may look after the service
 * @broker: a broker
 *
 * Makes a client and answers the call. The secret leaves in a sealed memory file only.
 */
void
bma_dbus_owner_client_create (BmaDbusCall *call, BmaBroker *broker)
{
  g_autoptr (GVariant)
      options = g_variant_get_child_value (bma_dbus_call_get_arguments (call), 0);
  g_autoptr (GPtrArray)
      kept = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (GPtrArray) arrays = g_ptr_array_new_with_free_func (g_free);
  BmaOwnerClientRequest request = { NULL };
  GError *error = NULL;

  if (!read_options (options, &request, kept, arrays, &error))
    {
      bma_dbus_call_fail (call, error);
      return;
    }
  bma_broker_create_client_async (broker, &request, NULL, on_created,
                                  bma_dbus_call_ref (call));
}
