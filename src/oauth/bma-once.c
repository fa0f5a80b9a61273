/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-once.h"

#include <string.h>

/* NULL when it is of another session. */
static const char *
find_senders (const char *binding, const char *session_id)
{
  size_t length = session_id != NULL ? strlen (session_id) : 0;

  if (binding == NULL ||
      strncmp (binding, session_id != NULL ? session_id : "", length) != 0 ||
      binding[length] != '/')
    return NULL;
  return binding + length + 1;
}

/**
 * bma_once_make:
 * @session_id: (nullable): the desktop session
 * @senders: bus connections
 *
 * Returns: (transfer full): what ties a grant to them
 */
char *
bma_once_make (const char *session_id, const char *const *senders)
{
  g_autofree char *list = g_strjoinv (" ", (char **) senders);

  return g_strconcat (session_id != NULL ? session_id : "", "/", list, NULL);
}

/**
 * bma_once_has:
 * @binding: (nullable): what a grant is tied to
 * @session_id: (nullable): the desktop session
 * @sender: a bus connection
 *
 * Returns: whether it is tied to that connection
 */
gboolean
bma_once_has (const char *binding, const char *session_id, const char *sender)
{
  const char *list = find_senders (binding, session_id);
  g_auto (GStrv) senders = NULL;

  if (list == NULL || *sender == '\0')
    return FALSE;
  senders = g_strsplit (list, " ", -1);
  return g_strv_contains ((const char *const *) senders, sender);
}

/**
 * bma_once_list:
 * @binding: (nullable): what a grant is tied to
 * @session_id: (nullable): the desktop session
 *
 * Returns: (transfer full): the bus connections it is tied to
 */
char **
bma_once_list (const char *binding, const char *session_id)
{
  const char *list = find_senders (binding, session_id);

  return g_strsplit (list != NULL ? list : "", " ", -1);
}

/**
 * bma_once_drop:
 * @binding: what a grant is tied to
 * @session_id: (nullable): the desktop session
 * @sender: a bus connection that is gone
 *
 * Returns: (transfer full) (nullable): what it is still tied to; %NULL for nothing
 */
char *
bma_once_drop (const char *binding, const char *session_id, const char *sender)
{
  g_auto (GStrv) senders = bma_once_list (binding, session_id);
  g_autoptr (GStrvBuilder) rest = g_strv_builder_new ();
  g_auto (GStrv) left = NULL;

  for (size_t i = 0; senders[i] != NULL; i++)
    if (*senders[i] != '\0' && !g_str_equal (senders[i], sender))
      g_strv_builder_add (rest, senders[i]);
  left = g_strv_builder_end (rest);
  return left[0] != NULL ? bma_once_make (session_id, (const char *const *) left) : NULL;
}
