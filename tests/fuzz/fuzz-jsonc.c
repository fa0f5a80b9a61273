/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Settings in JSON: the first byte says what else is accepted. Whatever is changed, the
 * rest stays, the result can be read, and what was there can be put back. */

#include "bma-cli-jsonc-edit.h"

#include <stdint.h>
#include <string.h>

#define ENTRY "{\"type\":\"http\",\"args\":[\"a\"]}"
#define BLANK " \t\r\n"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

static const char *const path[] = { "s", "us", NULL };

static BmaCliJsonc *
parse (const char *text, BmaCliJsoncFlags flags)
{
  BmaCliJsonc *doc = bma_cli_jsonc_parse (text, strlen (text), flags, NULL);

  g_assert_nonnull (doc);
  return doc;
}

/* Everything of @text but white space and [from, to) is in @other, in order. */
static void
assert_kept (const char *text, size_t from, size_t to, const char *other)
{
  for (size_t i = 0; text[i] != '\0'; i++)
    {
      if ((i >= from && i < to) || strchr (BLANK, text[i]) != NULL)
        continue;
      other = strchr (other, text[i]);
      g_assert_nonnull (other);
      other++;
    }
}

static void
assert_same (BmaCliJsonc *a, BmaCliJsonc *b)
{
  g_autofree char *left = bma_cli_jsonc_describe (a, bma_cli_jsonc_get_root (a));
  g_autofree char *right = bma_cli_jsonc_describe (b, bma_cli_jsonc_get_root (b));

  g_assert_cmpstr (left, ==, right);
}

/* The entry goes again; nothing else does. */
static void
check_removal (BmaCliJsonc *before, BmaCliJsonc *after, BmaCliJsoncFlags flags)
{
  const char *const section[] = { "s", NULL };
  const BmaCliJsoncNode *node = NULL;
  g_autofree char *removed = bma_cli_jsonc_remove (after, path, NULL);
  g_autoptr (BmaCliJsonc) doc = parse (removed, flags);

  g_assert_true (bma_cli_jsonc_find (doc, path, &node, NULL));
  g_assert_null (node);
  g_assert_true (bma_cli_jsonc_find (before, section, &node, NULL));
  if (node != NULL)
    assert_same (before, doc);
}

static void
check (BmaCliJsonc *doc, const char *text, BmaCliJsoncFlags flags)
{
  const BmaCliJsoncNode *old = NULL, *new = NULL;
  g_autofree char *with = bma_cli_jsonc_set (doc, path, ENTRY, NULL);
  g_autofree char *again = NULL;
  g_autoptr (BmaCliJsonc) after = NULL;
  g_autoptr (BmaCliJsonc) entry = parse (ENTRY, BMA_CLI_JSONC_STRICT);
  g_autofree char *is = NULL;
  g_autofree char *shall = bma_cli_jsonc_describe (entry, bma_cli_jsonc_get_root (entry));

  if (with == NULL)
    return;
  g_assert_true (bma_cli_jsonc_find (doc, path, &old, NULL));
  after = parse (with, flags);
  g_assert_true (bma_cli_jsonc_find (after, path, &new, NULL));
  is = bma_cli_jsonc_describe (after, new);
  g_assert_cmpstr (is, ==, shall);
  again = bma_cli_jsonc_set (after, path, ENTRY, NULL);
  g_assert_cmpstr (again, ==, with);
  assert_kept (text, old != NULL ? old->start : 0, old != NULL ? old->end : 0, with);
  if (old != NULL)
    {
      g_autofree char *written = g_strndup (text + old->start, old->end - old->start);
      g_autofree char *back = bma_cli_jsonc_put_back (after, path, written, NULL);

      g_assert_cmpstr (back, ==, text);
    }
  else
    check_removal (doc, after, flags);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  g_autofree char *text = NULL;
  g_autoptr (BmaCliJsonc) doc = NULL;
  BmaCliJsoncFlags flags = 0;

  if (n_bytes == 0)
    return 0;
  flags = *data & (BMA_CLI_JSONC_COMMENTS | BMA_CLI_JSONC_TRAILING_COMMAS);
  text = g_strndup ((const char *) data + 1, n_bytes - 1);
  doc = bma_cli_jsonc_parse (text, n_bytes - 1, flags, NULL);
  if (doc != NULL)
    check (doc, text, flags);
  return 0;
}
