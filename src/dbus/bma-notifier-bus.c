/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-notifier-bus.h"

#include "bma-names.h"

#define APP_NAME       "BioMCP"
#define URGENCY_NORMAL 1
#define NEVER_EXPIRES  0

static GVariant *
make_actions (const BmaNotice *notice, const BmaNoticeKeys *keys)
{
  GVariantBuilder actions;

  g_variant_builder_init (&actions, G_VARIANT_TYPE ("as"));
  /* Servers know the click beside the buttons by this very name. */
  g_variant_builder_add (&actions, "s", "default");
  g_variant_builder_add (&actions, "s", notice->buttons[0].label);
  for (size_t i = 0; i < notice->n_buttons; i++)
    {
      g_variant_builder_add (&actions, "s", keys->keys[i]);
      g_variant_builder_add (&actions, "s", notice->buttons[i].label);
    }
  return g_variant_builder_end (&actions);
}

/**
 * bma_notifier_bus_make_notify:
 * @notice: what to say
 * @keys: what the buttons are called
 * @replaces_id: what it replaces, 0 for nothing
 * @has_markup: whether the server reads markup
 *
 * Returns: (transfer floating): the arguments of org.freedesktop.Notifications.Notify
 */
GVariant *
bma_notifier_bus_make_notify (const BmaNotice *notice,
                              const BmaNoticeKeys *keys,
                              uint32_t replaces_id,
                              gboolean has_markup)
{
  g_autofree char *body = has_markup ? g_markup_escape_text (notice->body, -1)
                                     : g_strdup (notice->body);
  GVariantDict hints;

  g_variant_dict_init (&hints, NULL);
  g_variant_dict_insert (&hints, "urgency", "y", URGENCY_NORMAL);
  g_variant_dict_insert (&hints, "desktop-entry", "s", BMA_APP_ID);
  return g_variant_new ("(susss@as@a{sv}i)", APP_NAME, replaces_id, BMA_APP_ID,
                        notice->title, body, make_actions (notice, keys),
                        g_variant_dict_end (&hints), NEVER_EXPIRES);
}

/**
 * bma_notifier_bus_make_portal:
 * @notice: what to say
 * @keys: what the buttons are called
 * @id: names the notification; another with that name is replaced
 *
 * Returns: (transfer floating): the arguments of
 *   org.freedesktop.portal.Notification.AddNotification
 */
GVariant *
bma_notifier_bus_make_portal (const BmaNotice *notice,
                              const BmaNoticeKeys *keys,
                              const char *id)
{
  GVariantBuilder buttons;
  GVariantDict dict;

  g_variant_builder_init (&buttons, G_VARIANT_TYPE ("aa{sv}"));
  for (size_t i = 0; i < notice->n_buttons; i++)
    {
      g_variant_builder_open (&buttons, G_VARIANT_TYPE ("a{sv}"));
      g_variant_builder_add (&buttons, "{sv}", "label",
                             g_variant_new_string (notice->buttons[i].label));
      g_variant_builder_add (&buttons, "{sv}", "action",
                             g_variant_new_string (keys->keys[i]));
      g_variant_builder_close (&buttons);
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "title", "s", notice->title);
  g_variant_dict_insert (&dict, "body", "s", notice->body);
  g_variant_dict_insert (&dict, "priority", "s", "normal");
  g_variant_dict_insert (&dict, "default-action", "s", keys->default_key);
  g_variant_dict_insert_value (&dict, "buttons", g_variant_builder_end (&buttons));
  return g_variant_new ("(s@a{sv})", id, g_variant_dict_end (&dict));
}
