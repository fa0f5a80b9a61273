/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-objects.h"

#include <string.h>

#include "bma-cli-client.h"
#include "bma-cli-print.h"
#include "bma-names.h"

static void
object_free (BmaCliObject *self)
{
  g_free (self->id);
  g_variant_unref (self->properties);
  g_free (self);
}

/* Ids are numbers; others follow, by the alphabet. */
static int
compare (gconstpointer a, gconstpointer b)
{
  const BmaCliObject *left = *(BmaCliObject *const *) a;
  const BmaCliObject *right = *(BmaCliObject *const *) b;
  uint64_t left_number = g_ascii_strtoull (left->id, NULL, 10);
  uint64_t right_number = g_ascii_strtoull (right->id, NULL, 10);

  if (left_number != right_number)
    return left_number < right_number ? -1 : 1;
  return strcmp (left->id, right->id);
}

/**
 * bma_cli_objects_fetch:
 * @bus: the session bus
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a{oa{sa{sv}}}: every object of the service that we
 * may see
 */
GVariant *
bma_cli_objects_fetch (GDBusConnection *bus, GError **error)
{
  g_autoptr (GVariant)
      reply = bma_cli_client_call (bus, BMA_OBJECT_PATH,
                                   "org.freedesktop.DBus.ObjectManager.GetManagedObjects",
                                   NULL, "(a{oa{sa{sv}}})", BMA_CLI_CALL_LIMIT_MS, error);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

/**
 * bma_cli_objects_filter:
 * @managed: a{oa{sa{sv}}}
 * @interface: the interface that is wanted
 *
 * Returns: (transfer full) (element-type BmaCliObject): the objects that have it, by id
 */
GPtrArray *
bma_cli_objects_filter (GVariant *managed, const char *interface)
{
  GPtrArray *objects = g_ptr_array_new_with_free_func ((GDestroyNotify) object_free);
  GVariantIter iter;
  const char *path = NULL;
  GVariant *interfaces = NULL;

  g_variant_iter_init (&iter, managed);
  while (g_variant_iter_loop (&iter, "{&o@a{sa{sv}}}", &path, &interfaces))
    {
      g_autoptr (GVariant) properties =
          g_variant_lookup_value (interfaces, interface, G_VARIANT_TYPE_VARDICT);
      BmaCliObject *object = NULL;

      if (properties == NULL)
        continue;
      object = g_new0 (BmaCliObject, 1);
      object->id = g_strdup (strrchr (path, '/') + 1);
      object->properties = g_steal_pointer (&properties);
      g_ptr_array_add (objects, object);
    }
  g_ptr_array_sort (objects, compare);
  return objects;
}

/* LastUsedAt → last-used-at, as the keys of all our other JSON. */
static char *
make_key (const char *name)
{
  GString *key = g_string_new (NULL);

  for (const char *at = name; *at != '\0'; at++)
    {
      if (g_ascii_isupper (*at) && at != name)
        g_string_append_c (key, '-');
      g_string_append_c (key, g_ascii_tolower (*at));
    }
  return g_string_free (key, FALSE);
}

/**
 * bma_cli_objects_to_json:
 * @objects: (element-type BmaCliObject): objects
 *
 * Returns: (transfer full): aa{sv}: their properties and "id"
 */
GVariant *
bma_cli_objects_to_json (GPtrArray *objects)
{
  GVariantBuilder out;

  g_variant_builder_init (&out, G_VARIANT_TYPE ("aa{sv}"));
  for (unsigned int i = 0; i < objects->len; i++)
    {
      const BmaCliObject *object = objects->pdata[i];
      GVariantIter iter;
      const char *name = NULL;
      GVariant *value = NULL;

      g_variant_builder_open (&out, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&out, "{sv}", "id", g_variant_new_string (object->id));
      g_variant_iter_init (&iter, object->properties);
      while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
        {
          g_autofree char *key = make_key (name);

          g_variant_builder_add (&out, "{sv}", key, value);
        }
      g_variant_builder_close (&out);
    }
  return g_variant_ref_sink (g_variant_builder_end (&out));
}

/**
 * bma_cli_object_get_text:
 * @self: an object
 * @name: a property
 *
 * Returns: (transfer none): its text, possibly empty
 */
const char *
bma_cli_object_get_text (const BmaCliObject *self, const char *name)
{
  const char *text = "";

  g_variant_lookup (self->properties, name, "&s", &text);
  return text;
}

/**
 * bma_cli_object_get_time:
 * @self: an object
 * @name: a property of type x
 *
 * Returns: (transfer full): it for a person
 */
char *
bma_cli_object_get_time (const BmaCliObject *self, const char *name)
{
  int64_t time_s = 0;

  g_variant_lookup (self->properties, name, "x", &time_s);
  return bma_cli_print_time (time_s);
}

/**
 * bma_cli_object_get_list:
 * @self: an object
 * @name: a property of type as
 *
 * Returns: (transfer full): its texts with spaces between them
 */
char *
bma_cli_object_get_list (const BmaCliObject *self, const char *name)
{
  g_autofree const char **texts = NULL;

  if (!g_variant_lookup (self->properties, name, "^a&s", &texts))
    return g_strdup ("");
  return g_strjoinv (" ", (char **) texts);
}

/**
 * bma_cli_objects_make_path:
 * @kind: "grant" or "client"
 * @id: what the person typed
 *
 * Returns: (transfer full) (nullable): path of the object; %NULL when no object can have
 * the id
 */
char *
bma_cli_objects_make_path (const char *kind, const char *id)
{
  g_autofree char *path = g_strconcat (BMA_OBJECT_PATH "/", kind, "/", id, NULL);

  if (*id == '\0' || strchr (id, '/') != NULL || !g_variant_is_object_path (path))
    return NULL;
  return g_steal_pointer (&path);
}

/**
 * bma_cli_objects_call:
 * @bus: the session bus
 * @kind: "grant" or "client"
 * @id: what the person typed
 * @method: INTERFACE.METHOD
 * @error: return location for an error
 *
 * Calls a method of an object.
 *
 * Returns: whether it worked
 */
gboolean
bma_cli_objects_call (GDBusConnection *bus,
                      const char *kind,
                      const char *id,
                      const char *method,
                      GError **error)
{
  g_autofree char *path = bma_cli_objects_make_path (kind, id);
  g_autoptr (GError) local_error = NULL;

  if (path != NULL && bma_cli_client_call_void (bus, path, method, NULL, &local_error))
    return TRUE;
  if (path == NULL || bma_cli_client_is_unknown_object (local_error))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "There is no %s %s; “biomcp-auth %ss” lists them", kind, id, kind);
  else
    g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}
