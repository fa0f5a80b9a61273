/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-challenge.h"

static const struct
{
  const char *text;
  gboolean is_good;
  const char *error; /* nullable */
  const char *scope; /* nullable */
} values[] = {
  { "Bearer", TRUE, NULL, NULL },
  { "bearer realm=\"x\"", TRUE, NULL, NULL },
  { "Bearer realm=\"a, b\", error=\"invalid_token\", scope=\"mcp\"", TRUE,
    "invalid_token", "mcp" },
  { "Bearer error=invalid_token", TRUE, "invalid_token", NULL },
  { "Bearer Error = \"invalid\\_token\"", TRUE, "invalid_token", NULL },
  { "Basic YWJj==, Bearer scope=\"a b\"", TRUE, NULL, "a b" },
  { "Basic realm=\"Bearer error=x\", Negotiate, Bearer error=\"y\"", TRUE, "y", NULL },
  /* Only the first one counts, and only its own parameters. */
  { "Bearer scope=\"a\", Basic error=\"b\", Bearer error=\"c\"", TRUE, NULL, "a" },
  { ", Bearer error=x,,", TRUE, "x", NULL },
  { "", FALSE, NULL, NULL },
  { "Basic realm=\"x\"", FALSE, NULL, NULL },
  { "error=\"invalid_token\"", FALSE, NULL, NULL },
  { "Bearer error=\"x", FALSE, NULL, NULL },
  { "Bearer error=\"x\" scope=\"y\"", FALSE, NULL, NULL },
  { "Bearer error=\"x\", error=\"y\"", FALSE, NULL, NULL },
  { "Bearer error=\"x\n\"", FALSE, NULL, NULL },
  { "Bearer error=", TRUE, NULL, NULL }, /* credentials in one piece */
  { "\"Bearer\"", FALSE, NULL, NULL },
};

static void
test_parse (void)
{
  g_autofree char *endless = g_strnfill (5000, ' ');

  for (size_t i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_auto (BmaChallenge) challenge = { NULL };

      g_test_message ("%s", values[i].text);
      g_assert_cmpint (bma_challenge_parse (values[i].text, &challenge), ==,
                       values[i].is_good);
      g_assert_cmpstr (challenge.error, ==, values[i].error);
      g_assert_cmpstr (challenge.scope, ==, values[i].scope);
    }
  {
    g_auto (BmaChallenge) challenge = { NULL };

    g_assert_false (bma_challenge_parse (endless, &challenge));
  }
}

static void
expect (const char *text, BmaAdvice advice, const char *scopes)
{
  static const char *const granted[] = { "base", "other", NULL };
  g_autoptr (BmaConfig) config = bma_config_new ();
  g_auto (BmaChallenge) challenge = { NULL };
  g_auto (GStrv) list = NULL;
  g_autofree char *joined = NULL;

  g_strfreev (config->scopes);
  g_strfreev (config->scope_rules);
  config->scopes = g_strsplit ("base other", " ", -1);
  config->scope_rules = g_strsplit ("tools/call=mcp:write", " ", -1);
  g_assert_true (bma_challenge_parse (text, &challenge));
  g_assert_cmpint (bma_challenge_decide (&challenge, granted, config, &list), ==, advice);
  joined = g_strjoinv (" ", list);
  g_assert_cmpstr (joined, ==, scopes);
}

static void
test_decide (void)
{
  expect ("Bearer", BMA_ADVICE_RETRY, "base other");
  expect ("Bearer error=\"invalid_token\"", BMA_ADVICE_RETRY, "base other");
  expect ("Bearer error=\"insufficient_scope\", scope=\"base mcp:write\"",
          BMA_ADVICE_REQUEST, "base other mcp:write");
  /* The grant has it: the token was narrowed. */
  expect ("Bearer error=\"insufficient_scope\", scope=\"other\"", BMA_ADVICE_RETRY,
          "base other");
  /* Nothing of that kind is to be had here. */
  expect ("Bearer error=\"insufficient_scope\", scope=\"root\"", BMA_ADVICE_GIVE_UP,
          "base other");
  expect ("Bearer error=\"insufficient_scope\"", BMA_ADVICE_GIVE_UP, "base other");
  expect ("Bearer error=\"invalid_request\"", BMA_ADVICE_GIVE_UP, "base other");
  expect ("Bearer error=\"of their own\"", BMA_ADVICE_GIVE_UP, "base other");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oauth/challenge/parse", test_parse);
  g_test_add_func ("/oauth/challenge/decide", test_decide);
  return g_test_run ();
}
