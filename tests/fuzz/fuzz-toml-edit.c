/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Settings in TOML: whatever is changed, the rest stays, the result can be read, and what
 * was there can be put back. */

#include "bma-cli-toml-edit.h"

#include <stdint.h>
#include <string.h>

#include "bma-cli-toml.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

static const char *const path[] = { "s", "us", NULL };
static const char *const pairs[] = { "url = \"u\"", "args = [\"a\"]", NULL };

/* Owned: all that a document says. */
static char *
dump (const char *text)
{
  g_autoptr (GPtrArray) items = bma_cli_toml_parse (text, strlen (text), NULL);
  GString *out = g_string_new (NULL);

  g_assert_nonnull (items);
  for (unsigned int i = 0; i < items->len; i++)
    {
      const BmaCliTomlItem *item = g_ptr_array_index (items, i);
      g_autofree char *name = g_strjoinv ("/", item->path);

      g_string_append_printf (out, "%s=%s\n", name, item->text);
    }
  return g_string_free (out, FALSE);
}

static void
assert_kept (const char *text, const char *other)
{
  for (; *text != '\0'; text++)
    {
      other = strchr (other, *text);
      g_assert_nonnull (other);
      other++;
    }
}

static void
check (const char *text, gboolean is_there, const char *written)
{
  size_t length = strlen (text);
  g_autofree char *with = bma_cli_toml_set (text, length, path, pairs, NULL);
  g_autofree char *again = NULL;
  g_autofree char *back = NULL;
  g_autofree char *is = NULL;
  g_autofree char *was = NULL;

  g_assert_nonnull (with);
  again = bma_cli_toml_set (with, strlen (with), path, pairs, NULL);
  g_assert_cmpstr (again, ==, with);
  is = dump (with);
  g_assert_nonnull (strstr (is, "s/us/url=u\ns/us/args=a\n"));
  if (written != NULL)
    {
      back = bma_cli_toml_put_back (with, strlen (with), path, written, NULL);
      g_assert_cmpstr (back, ==, text);
    }
  if (is_there)
    return;
  assert_kept (text, with);
  back = bma_cli_toml_remove (with, strlen (with), path, NULL);
  g_free (is);
  is = dump (back);
  was = dump (text);
  g_assert_cmpstr (is, ==, was);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  g_autofree char *text = g_strndup ((const char *) data, n_bytes);
  g_autofree char *written = NULL;
  gboolean is_there = FALSE;

  /* A document at the limit could not be read with a table more. */
  if (n_bytes < 200 * 1024 &&
      bma_cli_toml_get_written (text, n_bytes, path, &is_there, &written, NULL))
    check (text, is_there, written);
  return 0;
}
