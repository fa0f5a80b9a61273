/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-setting.h"

#include <string.h>

#include "bma-setting-scopes.h"
#include "bma-setting-take.h"

#define LIST_SEPARATORS ";, \t"
#define MAX_ITEMS       64

static gboolean
is_word (const char *const *words, const char *text)
{
  return words != NULL && g_strv_contains (words, text);
}

static gpointer
member (const BmaSetting *self, const BmaConfig *config)
{
  return G_STRUCT_MEMBER_P ((BmaConfig *) config, self->offset);
}

static BmaSettingVerdict
apply_text (const BmaSetting *self, const char *text, BmaConfig *config)
{
  char *value = self->take (text);

  if (value == NULL)
    return BMA_SETTING_BAD;
  g_free (*(char **) member (self, config));
  *(char **) member (self, config) = value;
  return BMA_SETTING_OK;
}

static BmaSettingVerdict
apply_choice (const BmaSetting *self, const char *text, BmaConfig *config)
{
  if (!is_word (self->words, text))
    return BMA_SETTING_BAD;
  g_free (*(char **) member (self, config));
  *(char **) member (self, config) = g_strdup (text);
  return BMA_SETTING_OK;
}

/* One item, normalised, or NULL with a verdict. */
static char *
take_item (const BmaSetting *self, const char *text, BmaSettingVerdict *verdict)
{
  char *item = NULL;

  if (self->take != NULL)
    item = self->take (text);
  else if (is_word (self->words, text))
    item = g_strdup (text);
  if (item == NULL)
    *verdict = BMA_SETTING_BAD;
  return item;
}

static BmaSettingVerdict
apply_list (const BmaSetting *self, const char *text, BmaConfig *config)
{
  g_auto (GStrv) words = g_strsplit_set (text, LIST_SEPARATORS, -1);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_free);
  BmaSettingVerdict verdict = BMA_SETTING_OK;

  for (size_t i = 0; words[i] != NULL; i++)
    {
      g_autofree char *item = NULL;

      if (*words[i] == '\0')
        continue;
      item = take_item (self, words[i], &verdict);
      if (item == NULL)
        return verdict;
      if (!g_ptr_array_find_with_equal_func (items, item, g_str_equal, NULL))
        g_ptr_array_add (items, g_steal_pointer (&item));
    }
  if (items->len < self->minimum || items->len > MAX_ITEMS)
    return BMA_SETTING_BAD;
  g_ptr_array_add (items, NULL);
  g_strfreev (*(char ***) member (self, config));
  *(char ***) member (self, config) = (char **) g_ptr_array_steal (items, NULL);
  return BMA_SETTING_OK;
}

static BmaSettingVerdict
apply_scopes (const char *text, BmaConfig *config)
{
  g_auto (GStrv) words = g_strsplit_set (text, LIST_SEPARATORS, -1);

  return bma_setting_scopes_apply ((const char *const *) words, config) ? BMA_SETTING_OK
                                                                        : BMA_SETTING_BAD;
}

static BmaSettingVerdict
apply_integer (const BmaSetting *self, const char *text, BmaConfig *config)
{
  int64_t value = 0;

  if (!bma_setting_take_integer (text, &value) || value < self->minimum ||
      value > self->maximum)
    return BMA_SETTING_BAD;
  if (self->size == sizeof (uint32_t))
    *(uint32_t *) member (self, config) = (uint32_t) value;
  else
    *(int64_t *) member (self, config) = value;
  return BMA_SETTING_OK;
}

static BmaSettingVerdict
apply_address (const char *text, BmaConfig *config)
{
  g_autofree char *host = NULL;
  uint16_t port = 0;

  if (!bma_setting_take_address (text, &host, &port))
    return BMA_SETTING_BAD;
  g_free (config->listen_host);
  config->listen_host = g_steal_pointer (&host);
  config->listen_port = port;
  return BMA_SETTING_OK;
}

/**
 * bma_setting_apply:
 * @self: a setting
 * @text: what somebody wrote
 * @config: takes the value
 *
 * Checks and normalises @text. @config stays as it is unless the verdict is OK.
 *
 * Returns: whether the value was taken, or why not
 */
BmaSettingVerdict
bma_setting_apply (const BmaSetting *self, const char *text, BmaConfig *config)
{
  switch (self->type)
    {
    case BMA_SETTING_TEXT:
      return apply_text (self, text, config);
    case BMA_SETTING_LIST:
      return apply_list (self, text, config);
    case BMA_SETTING_SCOPES:
      return apply_scopes (text, config);
    case BMA_SETTING_CHOICE:
      return apply_choice (self, text, config);
    case BMA_SETTING_INTEGER:
      return apply_integer (self, text, config);
    case BMA_SETTING_ADDRESS:
      return apply_address (text, config);
    default:
      g_assert_not_reached ();
    }
}

/**
 * bma_setting_is_met:
 * @self: a setting
 * @wanted: settings somebody asks for
 * @running: settings in use
 *
 * Returns: whether @running has the value that @wanted has; any port meets port 0
 */
gboolean
bma_setting_is_met (const BmaSetting *self,
                    const BmaConfig *wanted,
                    const BmaConfig *running)
{
  if (self->type == BMA_SETTING_ADDRESS)
    return (wanted->listen_port == 0 || wanted->listen_port == running->listen_port) &&
           strcmp (wanted->listen_host, running->listen_host) == 0;
  if (self->type == BMA_SETTING_INTEGER)
    return memcmp (member (self, wanted), member (self, running), self->size) == 0;
  if (self->type == BMA_SETTING_SCOPES)
    return bma_setting_scopes_is_met (wanted, running);
  if (self->type == BMA_SETTING_LIST)
    return g_strv_equal (*(const char *const **) member (self, wanted),
                         *(const char *const **) member (self, running));
  return g_strcmp0 (*(char **) member (self, wanted),
                    *(char **) member (self, running)) == 0;
}

static void
copy_address (const BmaConfig *from, BmaConfig *to)
{
  g_free (to->listen_host);
  to->listen_host = g_strdup (from->listen_host);
  to->listen_port = from->listen_port;
}

static void
copy_list (char ***from, char ***to)
{
  g_strfreev (*to);
  *to = g_strdupv (*from);
}

static void
copy_text (char **from, char **to)
{
  g_free (*to);
  *to = g_strdup (*from);
}

/**
 * bma_setting_copy:
 * @self: a setting
 * @from: where its value is
 * @to: other settings
 *
 * Gives the setting the same value in @to.
 */
void
bma_setting_copy (const BmaSetting *self, const BmaConfig *from, BmaConfig *to)
{
  if (self->type == BMA_SETTING_ADDRESS)
    copy_address (from, to);
  else if (self->type == BMA_SETTING_INTEGER)
    memcpy (member (self, to), member (self, from), self->size);
  else if (self->type == BMA_SETTING_SCOPES)
    bma_setting_scopes_copy (from, to);
  else if (self->type == BMA_SETTING_LIST)
    copy_list (member (self, from), member (self, to));
  else
    copy_text (member (self, from), member (self, to));
}
