/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-error.h"
#include "bma-dbus-options.h"

#include <string.h>

static BmaDbusOptions *
parse (BmaDbusMethod method, const char *text, GError **error)
{
  g_autoptr (GVariant)
      options = g_variant_parse (G_VARIANT_TYPE ("a{sv}"), text, NULL, NULL, NULL);
  const char *scopes[] = { "mcp", NULL };

  g_assert_nonnull (options);
  return bma_dbus_options_parse (method, "", scopes, options, error);
}

static void
expect_refusal (BmaDbusMethod method, const char *text, const char *word)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (parse (method, text, &error));
  g_assert_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, word));
}

static void
test_takes_all (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaDbusOptions)
      options = parse (BMA_DBUS_METHOD_REQUEST_TOKEN,
                       "{'resource': <'http://r'>, 'min-valid-s': <uint32 60>, "
                       "'as-fd': <true>, 'correlation-id': <'abc-1'>, "
                       "'handle-token': <'A_z9'>, 'activation-token': <'tok'>, "
                       "'reason': <'weil'>, 'prompt': <'consent'>, "
                       "'pair': <true>, 'pairing-key': <b'abc'>}",
                       &error);

  g_assert_no_error (error);
  g_assert_cmpstr (options->resource, ==, "http://r");
  g_assert_cmpuint (options->min_valid_s, ==, 60);
  g_assert_true (options->as_fd);
  g_assert_cmpstr (options->correlation_id, ==, "abc-1");
  g_assert_cmpstr (options->handle_token, ==, "A_z9");
  g_assert_cmpstr (options->activation_token, ==, "tok");
  g_assert_cmpstr (options->reason, ==, "weil");
  g_assert_cmpstr (options->prompt, ==, "consent");
  g_assert_true (options->pair);
  g_assert_cmpuint (bma_secret_get_size (options->pairing_key), ==, 4);
  g_assert_cmpstr (options->scopes[0], ==, "mcp");
}

static void
test_refuses_unknown (void)
{
  expect_refusal (BMA_DBUS_METHOD_GET_TOKEN, "{'resurce': <'x'>}", "resurce");
  expect_refusal (BMA_DBUS_METHOD_GET_TOKEN, "{'resurce': <'x'>}", "min-valid-s");
  expect_refusal (BMA_DBUS_METHOD_GET_TOKEN, "{'handle-token': <'x'>}", "handle-token");
  expect_refusal (BMA_DBUS_METHOD_SIGN_IN, "{'resource': <'x'>}", "resource");
  expect_refusal (BMA_DBUS_METHOD_GET_TOKEN, "{'pair': <true>}", "pair");
  expect_refusal (BMA_DBUS_METHOD_SIGN_IN, "{'pairing-key': <b'abc'>}", "pairing-key");
}

static void
test_refuses_wrong_types (void)
{
  expect_refusal (BMA_DBUS_METHOD_GET_TOKEN, "{'resource': <1>}", "'s'");
  expect_refusal (BMA_DBUS_METHOD_GET_TOKEN, "{'min-valid-s': <1>}", "'u'");
  expect_refusal (BMA_DBUS_METHOD_GET_TOKEN, "{'as-fd': <'yes'>}", "'b'");
  expect_refusal (BMA_DBUS_METHOD_GET_TOKEN, "{'resource': <<'x'>>}", "'v'");
  expect_refusal (BMA_DBUS_METHOD_GET_TOKEN, "{'pairing-key': <'abc'>}", "'ay'");
}

static void
test_refuses_wrong_values (void)
{
  g_autofree char *handle = g_strnfill (65, 'a');
  g_autofree char *text = g_strdup_printf ("{'handle-token': <'%s'>}", handle);

  expect_refusal (BMA_DBUS_METHOD_REQUEST_TOKEN, text, "handle-token");
  expect_refusal (BMA_DBUS_METHOD_SIGN_IN, "{'handle-token': <''>}", "handle-token");
  expect_refusal (BMA_DBUS_METHOD_SIGN_IN, "{'handle-token': <'a/b'>}", "handle-token");
  expect_refusal (BMA_DBUS_METHOD_REQUEST_TOKEN, "{'prompt': <'never'>}", "consent");
  expect_refusal (BMA_DBUS_METHOD_GET_TOKEN, "{'correlation-id': <'a\\nb'>}",
                  "correlation-id");
}

static void
test_refuses_too_much (void)
{
  g_autofree char *long_text = g_strnfill (BMA_DBUS_MAX_TEXT_BYTES + 1, 'x');
  g_autofree char *text = g_strdup_printf ("{'resource': <'%s'>}", long_text);
  const char *long_scopes[] = { long_text, NULL };
  const char *scopes[BMA_DBUS_MAX_SCOPES + 2] = { NULL };
  g_autoptr (GVariant) none = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  g_autoptr (GError) many = NULL;
  g_autoptr (GError) too_long = NULL;
  g_autoptr (GError) window = NULL;

  expect_refusal (BMA_DBUS_METHOD_GET_TOKEN, text, "4096");
  for (unsigned int i = 0; i <= BMA_DBUS_MAX_SCOPES; i++)
    scopes[i] = "mcp";
  g_assert_null (
      bma_dbus_options_parse (BMA_DBUS_METHOD_GET_TOKEN, NULL, scopes, none, &many));
  g_assert_error (many, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT);
  g_assert_null (bma_dbus_options_parse (BMA_DBUS_METHOD_GET_TOKEN, NULL, long_scopes,
                                         none, &too_long));
  g_assert_error (too_long, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT);
  g_assert_null (
      bma_dbus_options_parse (BMA_DBUS_METHOD_SIGN_IN, long_text, NULL, none, &window));
  g_assert_error (window, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT);
}

static void
test_errors_have_names (void)
{
  static const char *const names[] = {
    "InteractionRequired", "AccessDenied",    "Cancelled",      "TimedOut",
    "NotSignedIn",         "KeyringLocked",   "KeyringMissing", "Offline",
    "RateLimited",         "InvalidArgument", "InvalidScope",   "InvalidResource",
    "PolicyForbidden",     "NotFound",        "Failed",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == BMA_BROKER_N_ERRORS);
  for (int code = 0; code < BMA_BROKER_N_ERRORS; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (BMA_BROKER_ERROR, code, "x");
      g_autofree char *name = bma_dbus_error_get_name (error);
      g_autofree char *expected =
          g_strconcat ("org.biomcp.Auth.Error.", names[code], NULL);

      g_assert_cmpstr (name, ==, expected);
    }
}

static void
test_foreign_errors_are_failures (void)
{
  g_autoptr (GError) failed = bma_dbus_error_translate (
      g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_NOSPC, "The disk is full"));
  g_autoptr (GError) cancelled = bma_dbus_error_translate (
      g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));

  g_assert_error (failed, BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED);
  g_assert_cmpstr (failed->message, ==, "The disk is full");
  g_assert_error (cancelled, BMA_BROKER_ERROR, BMA_BROKER_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbus/options/takes-all-options", test_takes_all);
  g_test_add_func ("/dbus/options/refuses-unknown-ones", test_refuses_unknown);
  g_test_add_func ("/dbus/options/refuses-wrong-types", test_refuses_wrong_types);
  g_test_add_func ("/dbus/options/refuses-wrong-values", test_refuses_wrong_values);
  g_test_add_func ("/dbus/options/refuses-too-much", test_refuses_too_much);
  g_test_add_func ("/dbus/error/all-have-names", test_errors_have_names);
  g_test_add_func ("/dbus/error/foreign-ones-are-failures",
                   test_foreign_errors_are_failures);
  return g_test_run ();
}
