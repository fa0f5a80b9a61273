/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-options.h"

#include <string.h>

#include "bma-text.h"

#define MAX_CORRELATION_CHARS 128
#define MAX_HANDLE_CHARS      64

/* Whether a text fits, after its size was checked. */
typedef gboolean (*Check) (const char *text);

typedef struct
{
  const char *name;
  const char *type;
  size_t offset;
  Check check;         /* nullable */
  const char *accepts; /* what check wants, for the message */
  unsigned int methods;
} Option;

static gboolean
is_handle_token (const char *text)
{
  size_t length = strspn (text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_");

  return length > 0 && length <= MAX_HANDLE_CHARS && text[length] == '\0';
}

static gboolean
is_correlation_id (const char *text)
{
  return *text != '\0' && strlen (text) <= MAX_CORRELATION_CHARS &&
         bma_text_is_printable_ascii (text);
}

static gboolean
is_prompt (const char *text)
{
  static const char *const prompts[] = { "auto", "consent", "login", NULL };

  return g_strv_contains (prompts, text);
}

#define TOKEN  (BMA_DBUS_METHOD_GET_TOKEN | BMA_DBUS_METHOD_REQUEST_TOKEN)
#define DIALOG (BMA_DBUS_METHOD_REQUEST_TOKEN | BMA_DBUS_METHOD_SIGN_IN)
#define ACCESS (TOKEN | BMA_DBUS_METHOD_OPEN_ENDPOINT)
#define OPTION(name, type, member, ...)                                                  \
  {                                                                                      \
    name, type, G_STRUCT_OFFSET (BmaDbusOptions, member), __VA_ARGS__                    \
  }

static const Option table[] = {
  OPTION ("resource", "s", resource, NULL, NULL, ACCESS),
  OPTION ("scopes", "as", scopes, NULL, NULL, BMA_DBUS_METHOD_OPEN_ENDPOINT),
  OPTION ("min-valid-s", "u", min_valid_s, NULL, NULL, TOKEN),
  OPTION ("max-valid-s", "u", max_valid_s, NULL, NULL, TOKEN),
  OPTION ("tie", "b", tie, NULL, NULL, TOKEN),
  OPTION ("as-fd", "b", as_fd, NULL, NULL, TOKEN),
  OPTION ("pairing-key", "ay", pairing_key, NULL, NULL, ACCESS),
  OPTION ("await", "b", await, NULL, NULL, DIALOG),
  OPTION ("pair", "b", pair, NULL, NULL, BMA_DBUS_METHOD_REQUEST_TOKEN),
  OPTION ("correlation-id",
          "s",
          correlation_id,
          is_correlation_id,
          "1 to 128 printable ASCII characters",
          ACCESS | DIALOG),
  OPTION ("handle-token",
          "s",
          handle_token,
          is_handle_token,
          "1 to 64 letters, digits and underscores",
          DIALOG),
  OPTION ("activation-token", "s", activation_token, NULL, NULL, DIALOG),
  OPTION ("person-acted", "b", person_acted, NULL, NULL, DIALOG),
  OPTION ("reason", "s", reason, NULL, NULL, BMA_DBUS_METHOD_REQUEST_TOKEN),
  OPTION ("prompt",
          "s",
          prompt,
          is_prompt,
          "auto, consent or login",
          BMA_DBUS_METHOD_REQUEST_TOKEN),
};

static const Option *
find_option (BmaDbusMethod method, const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].name, name) == 0 && (table[i].methods & method) != 0)
      return &table[i];
  return NULL;
}

static gboolean
refuse_unknown (BmaDbusMethod method, const char *name, GError **error)
{
  g_autoptr (GString) accepted = g_string_new (NULL);
  g_autofree char *shown = bma_text_display (name, MAX_HANDLE_CHARS);

  for (size_t i = 0; i < G_N_ELEMENTS (table); i++)
    if ((table[i].methods & method) != 0)
      g_string_append_printf (accepted, "%s%s", accepted->len > 0 ? ", " : "",
                              table[i].name);
  g_set_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT,
               "The option '%s' is not known here; accepted are %s", shown,
               accepted->str);
  return FALSE;
}

static gboolean
is_short (const char *what, const char *text, GError **error)
{
  if (strlen (text) <= BMA_DBUS_MAX_TEXT_BYTES)
    return TRUE;
  g_set_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT,
               "%s is longer than %d bytes", what, BMA_DBUS_MAX_TEXT_BYTES);
  return FALSE;
}

static gboolean
take_text (char **place, const Option *option, GVariant *value, GError **error)
{
  const char *text = g_variant_get_string (value, NULL);

  if (!is_short (option->name, text, error))
    return FALSE;
  if (option->check != NULL && !option->check (text))
    {
      g_set_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT,
                   "%s must be %s", option->name, option->accepts);
      return FALSE;
    }
  g_free (*place);
  *place = g_strdup (text);
  return TRUE;
}

static gboolean
check_scopes (const char *const *scopes, GError **error)
{
  if (g_strv_length ((char **) scopes) > BMA_DBUS_MAX_SCOPES)
    {
      g_set_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT,
                   "There are more than %d scopes", BMA_DBUS_MAX_SCOPES);
      return FALSE;
    }
  for (size_t i = 0; scopes[i] != NULL; i++)
    if (!is_short ("A scope", scopes[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
take_scopes (char ***place, GVariant *value, GError **error)
{
  g_autofree const char **scopes = g_variant_get_strv (value, NULL);

  if (!check_scopes (scopes, error))
    return FALSE;
  g_strfreev (*place);
  *place = g_strdupv ((char **) scopes);
  return TRUE;
}

static gboolean
take_secret (BmaSecret **place, const Option *option, GVariant *value, GError **error)
{
  size_t n_bytes = 0;
  const void *bytes = g_variant_get_fixed_array (value, &n_bytes, 1);

  if (n_bytes > BMA_DBUS_MAX_TEXT_BYTES)
    {
      g_set_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT,
                   "%s is longer than %d bytes", option->name, BMA_DBUS_MAX_TEXT_BYTES);
      return FALSE;
    }
  g_clear_pointer (place, bma_secret_unref);
  if (n_bytes > 0)
    *place = bma_secret_new_bytes (bytes, n_bytes);
  return TRUE;
}

static gboolean
take_option (BmaDbusOptions *self,
             BmaDbusMethod method,
             const char *name,
             GVariant *value,
             GError **error)
{
  const Option *option = find_option (method, name);
  gpointer place = NULL;

  if (option == NULL)
    return refuse_unknown (method, name, error);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (option->type)))
    {
      g_set_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT,
                   "%s must be of D-Bus type '%s', not '%s'", option->name, option->type,
                   g_variant_get_type_string (value));
      return FALSE;
    }
  place = G_STRUCT_MEMBER_P (self, option->offset);
  if (*option->type == 'u')
    *(uint32_t *) place = g_variant_get_uint32 (value);
  else if (*option->type == 'b')
    *(gboolean *) place = g_variant_get_boolean (value);
  else if (*option->type == 'a')
    return option->type[1] == 's' ? take_scopes (place, value, error)
                                  : take_secret (place, option, value, error);
  else
    return take_text (place, option, value, error);
  return TRUE;
}

/**
 * bma_dbus_options_parse:
 * @method: which options there are
 * @parent_window: (nullable): the window of the caller
 * @scopes: (nullable): what it asks for
 * @options: a{sv}
 * @error: return location for a #BmaBrokerError
 *
 * Checks what a caller asks for: unknown options, wrong types and oversized values are
 * refused.
 *
 * Returns: (transfer full) (nullable): what it asks for
 */
BmaDbusOptions *
bma_dbus_options_parse (BmaDbusMethod method,
                        const char *parent_window,
                        const char *const *scopes,
                        GVariant *options,
                        GError **error)
{
  g_autoptr (BmaDbusOptions) self = g_new0 (BmaDbusOptions, 1);
  GVariantIter iter;
  const char *name = NULL;
  GVariant *value = NULL;

  if (parent_window != NULL && !is_short ("parent_window", parent_window, error))
    return NULL;
  if (scopes != NULL && !check_scopes (scopes, error))
    return NULL;
  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value))
    {
      g_autoptr (GVariant) owned = value;

      if (!take_option (self, method, name, owned, error))
        return NULL;
    }
  self->parent_window = g_strdup (parent_window != NULL ? parent_window : "");
  if (self->scopes == NULL)
    self->scopes = scopes != NULL ? g_strdupv ((char **) scopes) : g_new0 (char *, 1);
  return g_steal_pointer (&self);
}

/**
 * bma_dbus_options_free:
 * @self: (transfer full) (nullable): options
 */
void
bma_dbus_options_free (BmaDbusOptions *self)
{
  if (self == NULL)
    return;
  g_free (self->parent_window);
  g_strfreev (self->scopes);
  g_free (self->resource);
  g_free (self->correlation_id);
  g_free (self->handle_token);
  g_free (self->activation_token);
  g_free (self->reason);
  g_free (self->prompt);
  g_clear_pointer (&self->pairing_key, bma_secret_unref);
  g_free (self);
}
