/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-peer-unit.h"

#include <string.h>

/* Units in which programs of all kinds run side by side: what one of them was allowed
 * must not be good for the next. Searched for anywhere in the name, in lower case. */
static const char *const shared_units[] = {
  "vte-spawn", "terminal", "konsole", "console", "ptyxis",  "xterm", "kitty", "alacritty",
  "wezterm",   "foot",     "tmux",    "screen",  "session", "shell", "dbus",  "plasma",
  "sway",      "wayland",  "display", "login",   "ssh",     NULL,
};

/* The path of the process in systemd's hierarchy: cgroup v2, or name=systemd of v1. */
static char *
find_path (const char *cgroup)
{
  g_auto (GStrv) lines = g_strsplit (cgroup, "\n", -1);
  const char *found = NULL;

  for (size_t i = 0; lines[i] != NULL; i++)
    {
      const char *controllers = strchr (lines[i], ':');
      const char *path = controllers != NULL ? strchr (controllers + 1, ':') : NULL;

      if (path == NULL)
        continue;
      if (g_str_has_prefix (controllers, ":name=systemd:") ||
          (found == NULL && g_str_has_prefix (lines[i], "0::")))
        found = path + 1;
    }
  return g_strdup (found);
}

static gboolean
is_shared (const char *unit)
{
  g_autofree char *lower = g_ascii_strdown (unit, -1);

  for (size_t i = 0; shared_units[i] != NULL; i++)
    if (strstr (lower, shared_units[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* The part of the name that stays the same from one start to the next:
 * app-NAME-RANDOM.scope and app-NAME@RANDOM.service (systemd.io/DESKTOP_ENVIRONMENTS). */
static char *
without_random_part (const char *unit)
{
  const char *suffix = strrchr (unit, '.');
  const char *mark = NULL;

  if (g_str_equal (suffix, ".scope"))
    mark = g_strrstr (unit, "-");
  else
    mark = strchr (unit, '@');
  if (mark == NULL || !g_str_has_prefix (unit, "app-") || mark <= unit + strlen ("app-"))
    return g_strdup (unit);
  return g_strdup_printf ("%.*s%s", (int) (mark - unit), unit, suffix);
}

/**
 * bma_peer_unit_parse:
 * @cgroup: content of /proc/PID/cgroup
 * @uid: its user
 *
 * Says which unit of the user's systemd a process is, if that unit is one program: a
 * service or an application in app.slice or background.slice. Login sessions, shells,
 * terminals and whatever else runs programs of all kinds do not count.
 *
 * Returns: (transfer full) (nullable): the unit, without the part that differs from one
 *   start to the next
 */
char *
bma_peer_unit_parse (const char *cgroup, uint32_t uid)
{
  g_autofree char *path = find_path (cgroup);
  g_autofree char *apps =
      g_strdup_printf ("/user.slice/user-%u.slice/user@%u.service/app.slice/", uid, uid);
  g_autofree char *background =
      g_strdup_printf ("/user.slice/user-%u.slice/user@%u.service/background.slice/", uid,
                       uid);
  g_auto (GStrv) parts = NULL;
  const char *unit = NULL;
  size_t n_parts = 0;

  if (path == NULL)
    return NULL;
  if (!g_str_has_prefix (path, apps) && !g_str_has_prefix (path, background))
    return NULL;
  parts = g_strsplit (strstr (path, ".service/") + strlen (".service/"), "/", -1);
  n_parts = g_strv_length (parts);
  unit = parts[n_parts - 1];
  for (size_t i = 0; i + 1 < n_parts; i++)
    if (!g_str_has_suffix (parts[i], ".slice"))
      return NULL;
  if (is_shared (unit) || g_str_has_prefix (unit, "run-"))
    return NULL;
  if (g_str_has_suffix (unit, ".service") ||
      (g_str_has_suffix (unit, ".scope") && g_str_has_prefix (unit, "app-")))
    return without_random_part (unit);
  return NULL;
}
