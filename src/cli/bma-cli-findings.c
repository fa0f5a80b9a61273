/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-findings.h"

#include "bma-cli-client.h"
#include "bma-cli-print.h"
#include "bma-names.h"

#define LEVEL_CHARS 7
#define CHECK_CHARS 11

/**
 * bma_cli_findings_fetch:
 * @bus: the session bus
 * @error: return location for an error
 *
 * Lets the service look itself over.
 *
 * Returns: (transfer full) (nullable): a(ssss): level, check, what was found, what to do
 */
GVariant *
bma_cli_findings_fetch (GDBusConnection *bus, GError **error)
{
  g_autoptr (GVariant)
      reply = bma_cli_client_call (bus, BMA_OBJECT_PATH, BMA_CLI_SERVER ".Diagnose", NULL,
                                   "(a(ssss))", BMA_CLI_LONG_LIMIT_MS, error);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

/**
 * bma_cli_findings_select:
 * @findings: a(ssss)
 * @check: name of a check
 *
 * Returns: (transfer full): those of the check
 */
GVariant *
bma_cli_findings_select (GVariant *findings, const char *check)
{
  GVariantBuilder out;

  g_variant_builder_init (&out, G_VARIANT_TYPE ("a(ssss)"));
  for (size_t i = 0; i < g_variant_n_children (findings); i++)
    {
      g_autoptr (GVariant) finding = g_variant_get_child_value (findings, i);
      const char *name = NULL;

      g_variant_get_child (finding, 1, "&s", &name);
      if (g_str_equal (name, check))
        g_variant_builder_add_value (&out, finding);
    }
  return g_variant_ref_sink (g_variant_builder_end (&out));
}

/**
 * bma_cli_findings_are_ok:
 * @findings: a(ssss)
 *
 * Returns: whether nothing is wrong or doubtful
 */
gboolean
bma_cli_findings_are_ok (GVariant *findings)
{
  GVariantIter iter;
  const char *level = NULL;

  g_variant_iter_init (&iter, findings);
  while (g_variant_iter_next (&iter, "(&s&s&s&s)", &level, NULL, NULL, NULL))
    {
      if (!g_str_equal (level, "ok"))
        return FALSE;
    }
  return TRUE;
}

static BmaCliStyle
get_style (const char *level)
{
  if (g_str_equal (level, "ok"))
    return BMA_CLI_STYLE_GOOD;
  return g_str_equal (level, "warning") ? BMA_CLI_STYLE_WARNING : BMA_CLI_STYLE_BAD;
}

/**
 * bma_cli_findings_to_text:
 * @findings: a(ssss)
 * @colour: whether colours may be used
 *
 * Returns: (transfer full): a line for each, and one with what to do
 */
char *
bma_cli_findings_to_text (GVariant *findings, gboolean colour)
{
  GString *out = g_string_new (NULL);
  GVariantIter iter;
  const char *level = NULL;
  const char *check = NULL;
  const char *what = NULL;
  const char *advice = NULL;

  g_variant_iter_init (&iter, findings);
  while (g_variant_iter_next (&iter, "(&s&s&s&s)", &level, &check, &what, &advice))
    {
      g_autofree char *clean_level = bma_cli_print_clean (level);
      g_autofree char *padded = g_strdup_printf ("%-*s", LEVEL_CHARS, clean_level);
      g_autofree char *painted = bma_cli_print_paint (padded, get_style (level), colour);
      g_autofree char *clean_check = bma_cli_print_clean (check);
      g_autofree char *clean_what = bma_cli_print_clean (what);
      g_autofree char *clean_advice = bma_cli_print_clean (advice);

      g_string_append_printf (out, "%s  %-*s  %s\n", painted, CHECK_CHARS, clean_check,
                              clean_what);
      if (*clean_advice != '\0')
        g_string_append_printf (out, "%*s→ %s\n", LEVEL_CHARS + CHECK_CHARS + 4, "",
                                clean_advice);
    }
  return g_string_free (out, FALSE);
}

/**
 * bma_cli_findings_to_json:
 * @findings: a(ssss)
 *
 * Returns: (transfer full): aa{ss} with the members level, check, what and what-to-do
 */
GVariant *
bma_cli_findings_to_json (GVariant *findings)
{
  GVariantBuilder out;
  GVariantIter iter;
  const char *level = NULL;
  const char *check = NULL;
  const char *what = NULL;
  const char *advice = NULL;

  g_variant_builder_init (&out, G_VARIANT_TYPE ("aa{ss}"));
  g_variant_iter_init (&iter, findings);
  while (g_variant_iter_next (&iter, "(&s&s&s&s)", &level, &check, &what, &advice))
    {
      g_variant_builder_open (&out, G_VARIANT_TYPE ("a{ss}"));
      g_variant_builder_add (&out, "{ss}", "level", level);
      g_variant_builder_add (&out, "{ss}", "check", check);
      g_variant_builder_add (&out, "{ss}", "what", what);
      g_variant_builder_add (&out, "{ss}", "what-to-do", advice);
      g_variant_builder_close (&out);
    }
  return g_variant_ref_sink (g_variant_builder_end (&out));
}
