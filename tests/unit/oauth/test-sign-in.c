/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-sign-in.h"

static BmaLogin *
make_login (const char *stage, const char *method)
{
  BmaLogin *login = bma_record_new (&bma_login_type, "aa");

  login->stage = g_strdup (stage);
  login->method = g_strdup (method);
  login->turn = 3;
  login->expires_at_s = 100;
  return login;
}

static void
test_form (void)
{
  static const struct
  {
    const char *text;
    const char *action; /* NULL: refused */
  } cases[] = {
    { "tx=t&turn=0&do=send", "send" },
    { "tx=t&turn=7&method=google", "method" },
    { "tx=t&turn=7&method=a&do=send", "send" },
    { "tx=t&turn=7", NULL },
    { "tx=t&do=send", NULL },
    { "turn=7&do=send", NULL },
    { "tx=t&turn=-1&do=send", NULL },
    { "tx=t&turn=x&do=send", NULL },
    { "tx=t&turn=99999999999999999999&do=send", NULL },
    { "tx=t&turn=1&turn=1&do=send", NULL },
    { "tx=t&turn=1&do=send&code=1&code=2", NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmaForm) form = bma_form_parse (cases[i].text, strlen (cases[i].text));
      BmaSignInForm read = { NULL };

      g_assert_cmpint (bma_sign_in_form_read (&read, form), ==, cases[i].action != NULL);
      if (cases[i].action != NULL)
        g_assert_cmpstr (read.action, ==, cases[i].action);
    }
}

/* Whatever a form says, an old one changes nothing. */
static void
test_stale (void)
{
  static const char *const actions[] = { "method", "choose", "other",
                                         "send",   "check",  "cancel" };

  for (size_t i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      g_autoptr (BmaLogin) login = make_login (BMA_LOGIN_STAGE_CODE, "email-otp");
      const BmaSignInForm form = {
        "t", 2, actions[i], "google", "a@example.com", "123456"
      };
      const BmaSignInFacts facts = { "google", FALSE, TRUE, TRUE, 700 };
      g_auto (BmaSignInDecision) decision = bma_sign_in_decide (login, &form, &facts);

      g_assert_cmpint (decision.action, ==, BMA_SIGN_IN_SHOW);
      g_assert_cmpint (decision.notice, ==, BMA_SIGN_IN_NOTICE_STALE);
      g_assert_null (decision.next);
      g_assert_null (decision.code);
    }
}

static void
test_codes (void)
{
  static const struct
  {
    const char *text;
    const char *code; /* NULL: cannot be one */
  } cases[] = {
    { "123456", "123456" },   { " 123 456 ", "123456" },
    { "123-456", "123456" },  { "12345", NULL },
    { "1234567", NULL },      { "12345a", NULL },
    { "１２３４５６", NULL }, { "", NULL },
    { NULL, NULL },           { "1 2 3 4 5 6                          ", NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmaLogin) login = make_login (BMA_LOGIN_STAGE_CODE, "email-otp");
      const BmaSignInForm form = { "t", 3, "check", NULL, NULL, cases[i].text };
      const BmaSignInFacts facts = { .login_wants_email = TRUE, .expires_at_s = 700 };
      g_auto (BmaSignInDecision) decision = { 0 };

      login->reference = g_strdup ("ref");
      decision = bma_sign_in_decide (login, &form, &facts);
      g_assert_cmpint (decision.next->turn, ==, 4);
      g_assert_cmpint (decision.next->n_tries, ==, cases[i].code != NULL);
      g_assert_cmpint (decision.action == BMA_SIGN_IN_VERIFY, ==, cases[i].code != NULL);
      g_assert_cmpstr (decision.code != NULL ? bma_secret_peek (decision.code) : NULL, ==,
                       cases[i].code);
    }
}

static BmaSignInDecision
send_mail (BmaLogin *login, gboolean wants_email, gboolean may_mail)
{
  const BmaSignInForm form = { "t", 3, "send", NULL, "a@example.com", NULL };
  const BmaSignInFacts facts = { NULL, FALSE, wants_email, may_mail, 700 };

  return bma_sign_in_decide (login, &form, &facts);
}

static void
test_send (void)
{
  g_autoptr (BmaLogin) login = make_login (BMA_LOGIN_STAGE_EMAIL, "email-otp");
  g_auto (BmaSignInDecision) sent = send_mail (login, TRUE, TRUE);
  g_auto (BmaSignInDecision) limited = send_mail (login, TRUE, FALSE);
  g_auto (BmaSignInDecision) no_mail = send_mail (login, FALSE, TRUE);
  g_auto (BmaSignInDecision) capped = { 0 };

  g_assert_cmpint (sent.action, ==, BMA_SIGN_IN_BEGIN);
  g_assert_cmpint (sent.next->n_sent, ==, 1);
  g_assert_cmpint (sent.next->expires_at_s, ==, 700);
  g_assert_cmpint (limited.action, ==, BMA_SIGN_IN_SHOW);
  g_assert_cmpint (limited.notice, ==, BMA_SIGN_IN_NOTICE_NO_MAILS);
  g_assert_cmpint (limited.next->expires_at_s, ==, 100);
  g_assert_cmpint (no_mail.action, ==, BMA_SIGN_IN_SHOW);
  login->n_sent = BMA_SIGN_IN_MAX_MAILS;
  capped = send_mail (login, TRUE, TRUE);
  g_assert_cmpint (capped.notice, ==, BMA_SIGN_IN_NOTICE_NO_MAILS);
}

/* A new code has all its tries, a code that is over has none. */
static void
test_notes (void)
{
  g_autoptr (BmaLogin) login = make_login (BMA_LOGIN_STAGE_EMAIL, "email-otp");
  g_autoptr (BmaLogin) code = NULL;
  g_autoptr (BmaLogin) link = NULL;
  g_autoptr (BmaLogin) over = NULL;

  login->n_tries = 5;
  code = bma_sign_in_note_sent (login, "ref");
  link = bma_sign_in_note_sent (login, NULL);
  over = bma_sign_in_note_code_over (code);
  g_assert_cmpstr (code->stage, ==, BMA_LOGIN_STAGE_CODE);
  g_assert_cmpint (code->n_tries, ==, 0);
  g_assert_false (bma_sign_in_awaits_callback (code));
  g_assert_cmpstr (link->stage, ==, BMA_LOGIN_STAGE_LINK);
  g_assert_true (bma_sign_in_awaits_callback (link));
  g_assert_null (over->reference);
  g_assert_false (bma_sign_in_awaits_callback (login));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oauth/sign-in/reads-its-forms", test_form);
  g_test_add_func ("/oauth/sign-in/an-old-form-changes-nothing", test_stale);
  g_test_add_func ("/oauth/sign-in/only-what-can-be-a-code-is-a-try", test_codes);
  g_test_add_func ("/oauth/sign-in/mails-are-counted", test_send);
  g_test_add_func ("/oauth/sign-in/a-new-code-has-all-its-tries", test_notes);
  return g_test_run ();
}
