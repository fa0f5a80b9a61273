/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-identity-dummy.h"
#include "bma-login.h"
#include "bma-text.h"
#include "http-fixture.h"

/* Signing in with a provider: from the consent to the callback and the code. */

/* One browser on its way through one login. */
typedef struct
{
  char *client_id;
  char *cookie;   /* what binds the login to this browser */
  char *callback; /* where the provider will send it, without the user */
} Login;

static void
login_clear (Login *self)
{
  g_free (self->client_id);
  g_free (self->cookie);
  g_free (self->callback);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Login, login_clear)

static void
begin_with (HttpFixture *fixture, Login *login, const char *tx_name)
{
  g_autoptr (HttpAnswer) answer = NULL;
  g_autofree char *tx = NULL;
  g_autofree char *challenge = NULL;

  login->client_id = http_register (fixture);
  answer = http_press_allow (fixture, login->client_id);
  g_assert_cmpuint (answer->status, ==, 303);
  g_assert_true (g_str_has_prefix (http_answer_header (answer, "Location"),
                                   "https://idp.example/start?"));
  tx = http_answer_location_parameter (answer, tx_name);
  challenge = http_answer_location_parameter (answer, "challenge");
  login->cookie = http_get_login_cookie (answer);
  login->callback =
      g_strdup_printf ("/callback?%s=%s&challenge=%s", tx_name, tx, challenge);
}

static void
begin (HttpFixture *fixture, Login *login)
{
  begin_with (fixture, login, "tx");
}

static HttpAnswer *
come_back (HttpFixture *fixture, const Login *login, const char *user, const char *cookie)
{
  g_autofree char *path = g_strdup_printf ("%s&user=%s", login->callback, user);

  return http_call (fixture, "GET", path, NULL, NULL, "Cookie", cookie, NULL);
}

static void
test_signs_in_once (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();
  g_auto (Login) login = { NULL };
  g_autoptr (HttpAnswer) first = NULL;
  g_autoptr (HttpAnswer) replayed = NULL;
  g_autoptr (HttpAnswer) tokens = NULL;
  g_autofree char *code = NULL;
  g_autofree char *state = NULL;

  begin (fixture, &login);
  first = come_back (fixture, &login, "alice", login.cookie);
  replayed = come_back (fixture, &login, "alice", login.cookie);
  code = http_answer_location_parameter (first, "code");
  state = http_answer_location_parameter (first, "state");
  g_assert_cmpuint (first->status, ==, 303);
  g_assert_cmpstr (state, ==, "st ate");
  g_assert_cmpuint (replayed->status, ==, 400);
  g_assert_cmpuint (bma_identity_dummy_get_n_exchanges (fixture->provider), ==, 1);
  tokens = http_redeem (fixture, login.client_id, code);
  g_assert_cmpuint (tokens->status, ==, 200);
}

/* A sign-in that is too old for the client is done again (OpenID Connect max_age). */
static void
test_max_age (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();
  g_auto (Login) login = { NULL };
  static const struct
  {
    const char *more;
    int64_t wait_s;
    unsigned int status;
    const char *error; /* nullable */
  } cases[] = {
    { "&max_age=60", 60, 303, NULL },
    { "&max_age=60&prompt=none", 0, 303, NULL },
    { "&max_age=60", 1, 200, NULL },
    { "&max_age=60&prompt=none", 0, 303, "interaction_required" },
    { "&prompt=none", 0, 303, NULL },
    { "&max_age=-1", 0, 303, "invalid_request" },
    { "&max_age=x", 0, 303, "invalid_request" },
    { "&prompt=none%20login", 0, 303, "invalid_request" },
    { "&max_age=0", 0, 200, NULL },
  };

  begin (fixture, &login);
  {
    g_autoptr (HttpAnswer) done = come_back (fixture, &login, "alice", login.cookie);

    g_assert_cmpuint (done->status, ==, 303);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *query =
          http_authorize_query (fixture, login.client_id, cases[i].more);
      g_autoptr (HttpAnswer) answer = NULL;
      g_autofree char *error = NULL;
      g_autofree char *code = NULL;

      g_test_message ("case %zu", i);
      bma_clock_dummy_advance_s (fixture->clock, cases[i].wait_s);
      answer = http_call (fixture, "GET", query, NULL, NULL, NULL);
      g_assert_cmpuint (answer->status, ==, cases[i].status);
      error = http_answer_location_parameter (answer, "error");
      code = http_answer_location_parameter (answer, "code");
      g_assert_cmpstr (error, ==, cases[i].error);
      g_assert_true ((code != NULL) == (answer->status == 303 && error == NULL));
    }
}

static void
test_state (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();
  g_auto (Login) login = { NULL };
  g_autofree char *both = NULL;
  g_autofree char *twice = NULL;

  bma_identity_dummy_use_state (fixture->provider);
  begin_with (fixture, &login, "state");
  both = g_strconcat (login.callback, "&user=eve&tx=", strchr (login.callback, '=') + 1,
                      NULL);
  twice = g_strconcat (login.callback, "&user=eve&state=x", NULL);
  {
    g_autoptr (HttpAnswer) mixed =
        http_call (fixture, "GET", both, NULL, NULL, "Cookie", login.cookie, NULL);
    g_autoptr (HttpAnswer) repeated =
        http_call (fixture, "GET", twice, NULL, NULL, "Cookie", login.cookie, NULL);
    g_autoptr (HttpAnswer) right = NULL;

    g_assert_cmpuint (mixed->status, ==, 400);
    g_assert_cmpuint (repeated->status, ==, 400);
    g_assert_cmpuint (bma_identity_dummy_get_n_exchanges (fixture->provider), ==, 0);
    right = come_back (fixture, &login, "alice", login.cookie);
    g_assert_cmpuint (right->status, ==, 303);
  }
}

static unsigned int
count_pending (HttpFixture *fixture)
{
  g_autoptr (GPtrArray)
      logins = bma_store_list (BMA_STORE (fixture->store), &bma_login_type);
  unsigned int n_pending = 0;

  for (unsigned int i = 0; i < logins->len; i++)
    n_pending += ((const BmaLogin *) g_ptr_array_index (logins, i))->finished_at_s == 0;
  return n_pending;
}

/* What the provider is told about accounts after the press of a button. */
static char *
press_and_get_account (HttpFixture *fixture, const char *query, const char *choice)
{
  g_autoptr (HttpAnswer) page = http_call (fixture, "GET", query, NULL, NULL, NULL);
  g_autoptr (HttpAnswer) answer = NULL;
  g_autofree char *cookie = NULL;
  g_autofree char *form = NULL;

  form = http_read_consent (page, choice, &cookie);
  answer = http_call (fixture, "POST", "/consent", FORM, form, "Origin", fixture->origin,
                      "Cookie", cookie, NULL);
  g_assert_cmpuint (answer->status, ==, 303);
  return http_answer_location_parameter (answer, "account");
}

/* Whoever wants to be somebody else must be asked there too. */
static void
test_other_account (void)
{
  static const struct
  {
    const char *more;
    const char *choice;
    const char *account; /* what the provider is told; NULL = no login needed */
  } cases[] = {
    { "", "allow", NULL },
    { "", "other-account", "choose" },
    { "&prompt=login", "allow", "choose" },
    { "&prompt=select_account", "allow", "choose" },
  };
  g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();
  g_auto (Login) login = { NULL };
  g_autoptr (HttpAnswer) back = NULL;

  begin (fixture, &login);
  back = come_back (fixture, &login, "alice", login.cookie);
  g_assert_cmpuint (back->status, ==, 303);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *client_id = http_register (fixture);
      g_autofree char *query = http_authorize_query (fixture, client_id, cases[i].more);
      g_autofree char *account = press_and_get_account (fixture, query, cases[i].choice);

      g_test_message ("%s %s", cases[i].more, cases[i].choice);
      g_assert_cmpstr (account, ==, cases[i].account);
    }
}

static void
test_failed_start (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();
  g_autofree char *client_id = http_register (fixture);
  g_autoptr (HttpAnswer) failed = NULL;
  g_autoptr (HttpAnswer) begun = NULL;

  bma_identity_dummy_fail_to_begin (fixture->provider, BMA_IDENTITY_ERROR_OFFLINE);
  failed = http_press_allow (fixture, client_id);
  g_assert_cmpuint (failed->status, ==, 502);
  g_assert_nonnull (strstr (failed->body, "it did not begin"));
  g_assert_null (strstr (http_answer_header (failed, "Set-Cookie"), "__Host-bma-login-"));
  g_assert_cmpuint (count_pending (fixture), ==, 0);
  bma_identity_dummy_fail_to_begin (fixture->provider, -1);
  begun = http_press_allow (fixture, client_id);
  g_assert_cmpuint (begun->status, ==, 303);
  g_assert_cmpuint (count_pending (fixture), ==, 1);
}

static void
test_bound_to_browser (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();
  g_auto (Login) login = { NULL };
  g_auto (Login) other = { NULL };
  g_autofree char *name = NULL;
  g_autofree char *forged = NULL;

  begin (fixture, &login);
  begin (fixture, &other);
  name = g_strndup (login.cookie, strcspn (login.cookie, "="));
  forged = g_strconcat (name, strchr (other.cookie, '='), NULL);
  {
    g_autoptr (HttpAnswer) none = come_back (fixture, &login, "eve", "a=1");
    g_autoptr (HttpAnswer) foreign = come_back (fixture, &login, "eve", other.cookie);
    g_autoptr (HttpAnswer) swapped = come_back (fixture, &login, "eve", forged);

    g_assert_cmpuint (none->status, ==, 400);
    g_assert_cmpuint (foreign->status, ==, 400);
    g_assert_cmpuint (swapped->status, ==, 400);
    g_assert_cmpuint (bma_identity_dummy_get_n_exchanges (fixture->provider), ==, 0);
  }
}

static char *
get_subject (HttpFixture *fixture, const Login *login, HttpAnswer *callback)
{
  g_autofree char *code = http_answer_location_parameter (callback, "code");
  g_autoptr (HttpAnswer) tokens = http_redeem (fixture, login->client_id, code);
  g_autofree char *token = http_answer_member (tokens, "access_token");
  g_auto (GStrv) parts = g_strsplit (token, ".", 3);
  size_t n_bytes = 0;
  g_autofree uint8_t *payload =
      bma_text_base64url_decode (parts[1], strlen (parts[1]), &n_bytes);
  const BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  g_autoptr (JsonObject)
      claims = bma_json_parse_object ((const char *) payload, n_bytes, &limits, NULL);

  return g_strdup (bma_json_get_string (claims, "sub"));
}

static void
test_two_at_once (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();
  g_auto (Login) alice = { NULL };
  g_auto (Login) bob = { NULL };
  g_autoptr (HttpAnswer) bob_back = NULL;
  g_autoptr (HttpAnswer) alice_back = NULL;
  g_autofree char *bob_is = NULL;
  g_autofree char *alice_is = NULL;

  begin (fixture, &alice);
  begin (fixture, &bob);
  bob_back = come_back (fixture, &bob, "bob", bob.cookie);
  alice_back = come_back (fixture, &alice, "alice", alice.cookie);
  bob_is = get_subject (fixture, &bob, bob_back);
  alice_is = get_subject (fixture, &alice, alice_back);
  g_assert_cmpstr (bob_is, ==, "bob");
  g_assert_cmpstr (alice_is, ==, "alice");
}

static void
test_expires (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();
  g_auto (Login) login = { NULL };
  g_autoptr (HttpAnswer) late = NULL;

  begin (fixture, &login);
  bma_clock_dummy_advance_s (fixture->clock, 601);
  late = come_back (fixture, &login, "alice", login.cookie);
  g_assert_cmpuint (late->status, ==, 400);
}

static void
test_errors (void)
{
  static const struct
  {
    BmaIdentityError code;
    unsigned int status;
  } cases[] = {
    { BMA_IDENTITY_ERROR_EXPIRED, 400 },     { BMA_IDENTITY_ERROR_MISMATCH, 400 },
    { BMA_IDENTITY_ERROR_CREDENTIALS, 502 }, { BMA_IDENTITY_ERROR_CONFIGURATION, 502 },
    { BMA_IDENTITY_ERROR_USER_LOCKED, 403 }, { BMA_IDENTITY_ERROR_RATE_LIMITED, 503 },
    { BMA_IDENTITY_ERROR_OFFLINE, 502 },     { BMA_IDENTITY_ERROR_KEYRING, 503 },
    { BMA_IDENTITY_ERROR_PROTOCOL, 502 },    { BMA_IDENTITY_ERROR_REFUSED, 303 },
  };
  g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Login) login = { NULL };
      g_autoptr (HttpAnswer) answer = NULL;

      begin (fixture, &login);
      bma_identity_dummy_fail_with (fixture->provider, cases[i].code);
      answer = come_back (fixture, &login, "alice", login.cookie);
      g_assert_cmpuint (answer->status, ==, cases[i].status);
      if (cases[i].status == 303)
        {
          g_autofree char *error = http_answer_location_parameter (answer, "error");

          g_assert_cmpstr (error, ==, "access_denied");
        }
      else
        g_assert_nonnull (strstr (answer->body, "it failed"));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/callback/is-good-once", test_signs_in_once);
  g_test_add_func ("/http/callback/brings-the-transaction-in-state-or-tx", test_state);
  g_test_add_func ("/http/callback/another-account-is-asked-for-at-the-provider",
                   test_other_account);
  g_test_add_func ("/http/callback/a-failed-start-leaves-nothing", test_failed_start);
  g_test_add_func ("/http/callback/is-bound-to-its-browser", test_bound_to_browser);
  g_test_add_func ("/http/callback/two-logins-at-once-never-mix", test_two_at_once);
  g_test_add_func ("/http/callback/expires", test_expires);
  g_test_add_func ("/http/callback/errors-say-what-to-do", test_errors);
  g_test_add_func ("/http/callback/max-age-asks-again", test_max_age);
  return g_test_run ();
}
