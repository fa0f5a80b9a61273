/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* docs/configuration.md is made of the tables of settings. With BMA_WRITE_PAGE set it is
 * written anew. */

#include "bma-setting.h"

#include <string.h>

#include "bma-client-setting.h"

#define BEGIN "<!-- begin of the table -->\n"
#define END   "<!-- end of the table -->\n"

/* A bar would end the cell of a table. */
static void
append_cell (GString *out, const char *text)
{
  for (const char *at = text; *at != '\0'; at++)
    {
      if (*at == '|')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *at);
    }
}

static void
append_setting (GString *out, const BmaSetting *setting)
{
  g_string_append_printf (out, "| `%s` | ", setting->key);
  append_cell (out, setting->summary);
  if (setting->restart)
    g_string_append (out, " A change needs a restart.");
  g_string_append (out, " | ");
  append_cell (out, setting->accepted);
  g_string_append (out, " | ");
  append_cell (out, setting->builtin);
  if (setting->environment != NULL)
    g_string_append_printf (out, " | `%s` |\n", setting->environment);
  else
    g_string_append (out, " | |\n");
}

static void
append_client_settings (GString *out)
{
  size_t n_settings = 0;
  const BmaClientSetting *settings = bma_client_setting_table (&n_settings);

  g_string_append (out, "\n### [client NAME]\n\n| key | what for | accepted | if nobody "
                        "sets it |\n|---|---|---|---|\n");
  for (size_t i = 0; i < n_settings; i++)
    {
      g_string_append_printf (out, "| `%s` | ", settings[i].key);
      append_cell (out, settings[i].summary);
      g_string_append (out, " | ");
      append_cell (out, settings[i].accepted);
      g_string_append (out, " | ");
      append_cell (out, settings[i].builtin);
      g_string_append (out, " |\n");
    }
}

static char *
make_table (void)
{
  GString *out = g_string_new (BEGIN);
  size_t n_settings = 0;
  const BmaSetting *settings = bma_setting_table (&n_settings);
  const char *group = "";

  for (size_t i = 0; i < n_settings; i++)
    {
      if (!g_str_equal (settings[i].group, group))
        g_string_append_printf (out,
                                "\n### [%s]\n\n| key | what for | accepted | if nobody "
                                "sets it | environment |\n|---|---|---|---|---|\n",
                                settings[i].group);
      group = settings[i].group;
      append_setting (out, &settings[i]);
    }
  append_client_settings (out);
  g_string_append (out, "\n" END);
  return g_string_free (out, FALSE);
}

static void
test_page (gconstpointer data)
{
  const char *path = data;
  g_autofree char *table = make_table ();
  g_autofree char *page = NULL;
  g_autoptr (GString) wanted = NULL;
  const char *begin = NULL;
  const char *end = NULL;

  g_assert_true (g_file_get_contents (path, &page, NULL, NULL));
  begin = strstr (page, BEGIN);
  end = strstr (page, END);
  g_assert_true (begin != NULL && end != NULL);
  wanted = g_string_new_len (page, begin - page);
  g_string_append (wanted, table);
  g_string_append (wanted, end + strlen (END));
  if (g_getenv ("BMA_WRITE_PAGE") != NULL)
    g_assert_true (g_file_set_contents (path, wanted->str, -1, NULL));
  else
    g_assert_cmpstr (page, ==, wanted->str);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  g_test_add_data_func ("/daemon/configuration-page/is-the-table", argv[1], test_page);
  return g_test_run ();
}
