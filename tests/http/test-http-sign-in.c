/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-identity-dummy.h"
#include "bma-login.h"
#include "http-fixture.h"

/* The sign-in page: choosing, typing an address, typing a code, opening a link. */

/* One browser at one login; what it shows last. */
typedef struct
{
  HttpFixture *fixture;
  char *client_id;  /* owned */
  char *cookie;     /* owned */
  char *tx;         /* owned */
  char *turn;       /* owned */
  HttpAnswer *page; /* owned */
} Person;

static void
person_clear (Person *self)
{
  g_free (self->client_id);
  g_free (self->cookie);
  g_free (self->tx);
  g_free (self->turn);
  g_clear_pointer (&self->page, http_answer_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Person, person_clear)

static void
look (Person *self, HttpAnswer *page)
{
  g_clear_pointer (&self->page, http_answer_free);
  self->page = page;
  if (page->status != 200 || strstr (page->body, "action=\"/sign-in\"") == NULL)
    return;
  g_free (self->tx);
  g_free (self->turn);
  self->tx = http_read_field (page->body, "tx");
  self->turn = http_read_field (page->body, "turn");
}

/* Presses Allow, which leads to a sign-in page or to the provider. */
static void
begin (Person *self, HttpFixture *fixture)
{
  HttpAnswer *page = NULL;

  self->fixture = fixture;
  self->client_id = http_register (fixture);
  page = http_press_allow (fixture, self->client_id);
  self->cookie = http_get_login_cookie (page);
  look (self, page);
}

static void
post (Person *self, const char *fields, const char *cookie, const char *origin)
{
  g_autofree char *body =
      g_strdup_printf ("tx=%s&turn=%s&%s", self->tx, self->turn, fields);

  look (self, http_call (self->fixture, "POST", "/sign-in", FORM, body, "Origin", origin,
                         "Cookie", cookie, NULL));
}

static void
press (Person *self, const char *fields)
{
  post (self, fields, self->cookie, self->fixture->origin);
}

static void
press_again (Person *self, const char *turn, const char *fields)
{
  g_free (self->turn);
  self->turn = g_strdup (turn);
  press (self, fields);
}

static HttpAnswer *
open_link (Person *self, const char *more, const char *cookie)
{
  g_autofree char *path =
      g_strdup_printf ("/callback?%s%s",
                       bma_identity_dummy_get_mail (self->fixture->provider).link, more);

  return http_call (self->fixture, "GET", path, NULL, NULL, "Cookie", cookie, NULL);
}

static gboolean
shows (const Person *self, const char *text)
{
  return strstr (self->page->body, text) != NULL;
}

static HttpFixture *
fixture_with (const char *methods)
{
  HttpFixture *fixture = http_fixture_new_with_provider ();

  bma_identity_dummy_offer (fixture->provider, methods);
  return fixture;
}

static void
assert_signed_in (Person *self)
{
  g_autofree char *code = NULL;
  g_autofree char *state = NULL;
  g_autoptr (HttpAnswer) tokens = NULL;

  g_assert_cmpuint (self->page->status, ==, 303);
  code = http_answer_location_parameter (self->page, "code");
  state = http_answer_location_parameter (self->page, "state");
  g_assert_cmpstr (state, ==, "st ate");
  tokens = http_redeem (self->fixture, self->client_id, code);
  g_assert_cmpuint (tokens->status, ==, 200);
}

/* What cannot be what was sent. */
static const char *
wrong_code (Person *self)
{
  const char *right = bma_identity_dummy_get_mail (self->fixture->provider).code;

  return g_str_equal (right, "000000") ? "000001" : "000000";
}

static void
try_wrong (Person *self)
{
  g_autofree char *fields =
      g_strdup_printf ("do=check&email=alice%%40example.com&code=%s", wrong_code (self));

  press (self, fields);
}

static void
try_right (Person *self)
{
  g_autofree char *fields =
      g_strdup_printf ("do=check&email=alice%%40example.com&code=%s",
                       bma_identity_dummy_get_mail (self->fixture->provider).code);

  press (self, fields);
}

static void
test_choice (void)
{
  g_autoptr (HttpFixture) fixture = fixture_with ("google email-otp github");
  g_auto (Person) person = { NULL };

  begin (&person, fixture);
  g_assert_true (shows (&person, "<button name=\"method\" value=\"google\" "
                                 "data-method=\"google\">google</button>"));
  g_assert_true (shows (&person, "data-method=\"email-otp\""));
  g_assert_true (shows (&person, "data-method=\"github\""));
  g_assert_cmpuint (bma_identity_dummy_get_mail (fixture->provider).n_begins, ==, 0);
  press (&person, "method=nonsense");
  g_assert_true (shows (&person, "data-method=\"github\""));
  press (&person, "method=github");
  g_assert_cmpuint (person.page->status, ==, 303);
  {
    g_autofree char *tx = http_answer_location_parameter (person.page, "tx");
    g_autofree char *challenge =
        http_answer_location_parameter (person.page, "challenge");
    g_autofree char *path =
        g_strdup_printf ("/callback?tx=%s&challenge=%s&user=alice", tx, challenge);

    look (&person,
          http_call (fixture, "GET", path, NULL, NULL, "Cookie", person.cookie, NULL));
  }
  assert_signed_in (&person);
  g_assert_cmpstr (bma_identity_dummy_get_mail (fixture->provider).method, ==, "github");
}

static void
test_one_method (void)
{
  g_autoptr (HttpFixture) fixture = fixture_with ("github");
  g_auto (Person) person = { NULL };

  begin (&person, fixture);
  g_assert_cmpuint (person.page->status, ==, 303);
  g_assert_true (g_str_has_prefix (http_answer_header (person.page, "Location"),
                                   "https://idp.example/start?"));
}

static void
test_code (void)
{
  g_autoptr (HttpFixture) fixture = fixture_with ("email-otp");
  g_auto (Person) person = { NULL };

  begin (&person, fixture);
  g_assert_true (shows (&person, "<input id=\"email\" name=\"email\" type=\"email\""));
  g_assert_false (shows (&person, "other-method"));
  press (&person, "do=send&email=+Alice%40Example.com+");
  g_assert_cmpstr (bma_identity_dummy_get_mail (fixture->provider).email, ==,
                   "Alice@example.com");
  g_assert_true (shows (&person, "autocomplete=\"one-time-code\""));
  g_assert_true (shows (&person, "Alice@example.com"));
  try_right (&person);
  assert_signed_in (&person);
}

/* A form is good once, and nothing goes on after the end. */
static void
test_code_once (void)
{
  g_autoptr (HttpFixture) fixture = fixture_with ("email-otp");
  g_auto (Person) person = { NULL };
  g_autofree char *turn = NULL;

  begin (&person, fixture);
  press (&person, "do=send&email=alice%40example.com");
  turn = g_strdup (person.turn);
  try_wrong (&person);
  press_again (&person, turn, "do=check&code=111111");
  g_assert_true (shows (&person, "used already"));
  g_assert_cmpuint (bma_identity_dummy_get_mail (fixture->provider).n_verifies, ==, 1);
  try_right (&person);
  g_assert_cmpuint (person.page->status, ==, 303);
  try_right (&person);
  g_assert_cmpuint (person.page->status, ==, 400);
  g_assert_cmpuint (bma_identity_dummy_get_mail (fixture->provider).n_verifies, ==, 2);
}

static void
test_tries (void)
{
  g_autoptr (HttpFixture) fixture = fixture_with ("email-otp");
  g_auto (Person) person = { NULL };

  begin (&person, fixture);
  press (&person, "do=send&email=alice%40example.com");
  press (&person, "do=check&code=12345");
  g_assert_true (shows (&person, "A code has six digits"));
  for (unsigned int n_left = 4; n_left > 0; n_left--)
    {
      g_autofree char *told =
          g_strdup_printf ("try %u more time%s.", n_left, n_left == 1 ? "" : "s");

      try_wrong (&person);
      g_assert_true (shows (&person, told));
    }
  try_wrong (&person);
  g_assert_true (shows (&person, "too many wrong codes"));
  g_assert_false (shows (&person, "id=\"code\""));
  g_assert_cmpuint (bma_identity_dummy_get_mail (fixture->provider).n_verifies, ==, 5);
  /* Not even the right one. */
  try_right (&person);
  g_assert_cmpuint (bma_identity_dummy_get_mail (fixture->provider).n_verifies, ==, 5);
  g_assert_true (shows (&person, "id=\"resend\""));
  press (&person, "do=send&email=alice%40example.com");
  try_right (&person);
  assert_signed_in (&person);
}

static void
test_mails (void)
{
  g_autoptr (HttpFixture) fixture = fixture_with ("email-otp");
  g_auto (Person) person = { NULL };
  g_auto (Person) other = { NULL };

  begin (&person, fixture);
  for (int i = 0; i < 3; i++)
    press (&person, "do=send&email=alice%40example.com");
  g_assert_false (shows (&person, "id=\"resend\""));
  press (&person, "do=send&email=alice%40example.com");
  g_assert_true (shows (&person, "No more mail"));
  press (&person, "do=send&email=bob%40example.com");
  g_assert_true (shows (&person, "No more mail"));
  g_assert_cmpuint (bma_identity_dummy_get_mail (fixture->provider).n_begins, ==, 3);
  /* A new login does not make the address forget. */
  begin (&other, fixture);
  press (&other, "do=send&email=ALICE%40EXAMPLE.com");
  g_assert_true (shows (&other, "No more mail"));
  press (&other, "do=send&email=bob%40example.com");
  g_assert_cmpuint (bma_identity_dummy_get_mail (fixture->provider).n_begins, ==, 4);
  bma_clock_dummy_advance_s (fixture->clock, 599);
  press (&other, "do=send&email=alice%40example.com");
  g_assert_true (shows (&other, "No more mail"));
  bma_clock_dummy_advance_s (fixture->clock, 1);
  {
    g_auto (Person) later = { NULL };

    begin (&later, fixture);
    press (&later, "do=send&email=alice%40example.com");
    g_assert_true (shows (&later, "one-time-code"));
  }
}

static void
test_bad_address (void)
{
  static const char *const bad[] = { "", "alice", "alice%40localhost",
                                     "a%40example.com%0d%0aBcc%3A+b%40example.com",
                                     "%22%3E%3Cscript%3E%40example.com" };
  g_autoptr (HttpFixture) fixture = fixture_with ("email-otp");
  g_auto (Person) person = { NULL };

  begin (&person, fixture);
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *fields = g_strconcat ("do=send&email=", bad[i], NULL);

      press (&person, fields);
      g_assert_true (shows (&person, "not an e-mail address"));
      g_assert_false (shows (&person, "<script>"));
    }
  g_assert_cmpuint (bma_identity_dummy_get_mail (fixture->provider).n_begins, ==, 0);
}

/* All that may depend on the address is told alike. */
static void
test_tells_nothing (void)
{
  static const BmaIdentityError codes[] = { BMA_IDENTITY_ERROR_ADDRESS,
                                            BMA_IDENTITY_ERROR_USER_LOCKED,
                                            BMA_IDENTITY_ERROR_RATE_LIMITED };
  g_autoptr (HttpFixture) fixture = fixture_with ("email-otp");

  for (size_t i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_auto (Person) person = { NULL };

      begin (&person, fixture);
      bma_identity_dummy_fail_to_begin (fixture->provider, (int) codes[i]);
      press (&person, "do=send&email=alice%40example.com");
      g_assert_cmpuint (person.page->status, ==, 200);
      g_assert_true (shows (&person, "No mail could be sent to this address"));
      g_assert_false (shows (&person, "it did not begin"));
    }
}

static void
test_failures (void)
{
  g_autoptr (HttpFixture) fixture = fixture_with ("email-otp");
  g_auto (Person) person = { NULL };
  g_auto (Person) other = { NULL };

  begin (&person, fixture);
  bma_identity_dummy_fail_to_begin (fixture->provider, BMA_IDENTITY_ERROR_OFFLINE);
  press (&person, "do=send&email=alice%40example.com");
  g_assert_true (shows (&person, "it did not begin"));
  bma_identity_dummy_fail_to_begin (fixture->provider, -1);
  press (&person, "do=send&email=alice%40example.com");
  bma_identity_dummy_fail_to_verify (fixture->provider, BMA_IDENTITY_ERROR_EXPIRED);
  try_right (&person);
  g_assert_true (shows (&person, "Ask for a new one"));
  g_assert_false (shows (&person, "id=\"code\""));
  press (&person, "do=send&email=alice%40example.com");
  bma_identity_dummy_fail_to_verify (fixture->provider, BMA_IDENTITY_ERROR_OFFLINE);
  try_right (&person);
  g_assert_true (shows (&person, "it failed"));
  bma_identity_dummy_fail_to_verify (fixture->provider, BMA_IDENTITY_ERROR_USER_LOCKED);
  try_right (&person);
  g_assert_cmpuint (person.page->status, ==, 403);
  bma_identity_dummy_fail_to_verify (fixture->provider, -1);
  try_right (&person);
  g_assert_cmpuint (person.page->status, ==, 400);

  begin (&other, fixture);
  bma_identity_dummy_fail_to_begin (fixture->provider, BMA_IDENTITY_ERROR_CONFIGURATION);
  press (&other, "do=send&email=bob%40example.com");
  g_assert_cmpuint (other.page->status, ==, 502);
}

static void
test_guards (void)
{
  g_autoptr (HttpFixture) fixture = fixture_with ("email-otp");
  g_auto (Person) person = { NULL };
  g_auto (Person) other = { NULL };
  g_autoptr (HttpAnswer) without = NULL;
  g_autofree char *body = NULL;

  begin (&person, fixture);
  begin (&other, fixture);
  post (&person, "do=send&email=eve%40example.com", other.cookie, fixture->origin);
  g_assert_cmpuint (person.page->status, ==, 400);
  post (&person, "do=send&email=eve%40example.com", "a=1", fixture->origin);
  g_assert_cmpuint (person.page->status, ==, 400);
  post (&person, "do=send&email=eve%40example.com", person.cookie,
        "https://evil.example");
  g_assert_cmpuint (person.page->status, ==, 403);
  post (&person, "do=send&do=send&email=eve%40example.com", person.cookie,
        fixture->origin);
  g_assert_cmpuint (person.page->status, ==, 400);
  body = g_strdup_printf ("tx=%s&turn=%s&do=send&email=eve%%40example.com", person.tx,
                          person.turn);
  without = http_call (fixture, "POST", "/sign-in", FORM, body, "Origin", fixture->origin,
                       "Cookie", person.cookie, "Sec-Fetch-Site", "cross-site", NULL);
  g_assert_cmpuint (without->status, ==, 403);
  g_assert_cmpuint (bma_identity_dummy_get_mail (fixture->provider).n_begins, ==, 0);
  bma_clock_dummy_advance_s (fixture->clock, 601);
  press (&person, "do=send&email=alice%40example.com");
  g_assert_cmpuint (person.page->status, ==, 400);
}

static void
test_link (void)
{
  g_autoptr (HttpFixture) fixture = fixture_with ("magic-link");
  g_auto (Person) person = { NULL };

  begin (&person, fixture);
  press (&person, "do=send&email=alice%40example.com");
  g_assert_true (shows (&person, "Look into your mail"));
  g_assert_true (shows (&person, "alice@example.com"));
  look (&person, open_link (&person, "&user=alice", person.cookie));
  assert_signed_in (&person);
  g_assert_cmpstr (bma_identity_dummy_get_mail (fixture->provider).method, ==,
                   "magic-link");
}

static void
test_link_elsewhere (void)
{
  g_autoptr (HttpFixture) fixture = fixture_with ("magic-link");
  g_auto (Person) person = { NULL };
  g_autoptr (HttpAnswer) elsewhere = NULL;

  begin (&person, fixture);
  press (&person, "do=send&email=alice%40example.com");
  elsewhere = open_link (&person, "&user=eve", "a=1");
  g_assert_cmpuint (elsewhere->status, ==, 400);
  g_assert_nonnull (strstr (elsewhere->body, "began in another browser"));
  g_assert_cmpuint (bma_identity_dummy_get_n_exchanges (fixture->provider), ==, 0);
  /* It is not used up by that. */
  look (&person, open_link (&person, "&user=alice", person.cookie));
  assert_signed_in (&person);
}

/* No callback for a login that waits for a code, whatever its transaction. */
static void
test_no_callback_for_code (void)
{
  g_autoptr (HttpFixture) fixture = fixture_with ("email-otp");
  g_auto (Person) person = { NULL };
  g_autofree char *path = NULL;
  g_autoptr (HttpAnswer) forged = NULL;

  begin (&person, fixture);
  press (&person, "do=send&email=alice%40example.com");
  path = g_strdup_printf ("/callback?tx=%s&user=eve", person.tx);
  forged = http_call (fixture, "GET", path, NULL, NULL, "Cookie", person.cookie, NULL);
  g_assert_cmpuint (forged->status, ==, 400);
  g_assert_cmpuint (bma_identity_dummy_get_n_exchanges (fixture->provider), ==, 0);
  try_right (&person);
  assert_signed_in (&person);
}

static void
test_other_ways (void)
{
  g_autoptr (HttpFixture) fixture = fixture_with ("google email-otp magic-link");
  g_auto (Person) person = { NULL };

  begin (&person, fixture);
  press (&person, "method=email-otp");
  press (&person, "do=send&email=alice%40example.com");
  g_assert_true (shows (&person, "one-time-code"));
  press (&person, "do=other");
  g_assert_true (shows (&person, "type=\"email\""));
  press (&person, "do=choose");
  g_assert_true (shows (&person, "data-method=\"magic-link\""));
  /* The code of before is good for nothing now. */
  try_right (&person);
  g_assert_cmpuint (bma_identity_dummy_get_mail (fixture->provider).n_verifies, ==, 0);
  press (&person, "method=magic-link");
  press (&person, "do=send&email=alice%40example.com");
  look (&person, open_link (&person, "&user=alice", person.cookie));
  assert_signed_in (&person);
}

static void
test_cancel (void)
{
  g_autoptr (HttpFixture) fixture = fixture_with ("google email-otp");
  g_auto (Person) person = { NULL };
  g_autofree char *error = NULL;

  begin (&person, fixture);
  press (&person, "do=cancel");
  g_assert_cmpuint (person.page->status, ==, 303);
  error = http_answer_location_parameter (person.page, "error");
  g_assert_cmpstr (error, ==, "access_denied");
  press (&person, "method=email-otp");
  g_assert_cmpuint (person.page->status, ==, 400);
}

static void
test_two_at_once (void)
{
  g_autoptr (HttpFixture) fixture = fixture_with ("email-otp");
  g_auto (Person) alice = { NULL };
  g_auto (Person) bob = { NULL };
  g_autofree char *code = NULL;
  g_autofree char *right = NULL;

  begin (&alice, fixture);
  begin (&bob, fixture);
  press (&alice, "do=send&email=alice%40example.com");
  code = g_strdup (bma_identity_dummy_get_mail (fixture->provider).code);
  press (&bob, "do=send&email=bob%40example.com");
  right = g_strdup_printf ("do=check&code=%s", code);
  press (&bob, right);
  g_assert_true (shows (&bob, "not the code that was sent"));
  try_right (&bob);
  assert_signed_in (&bob);
  press (&alice, right);
  assert_signed_in (&alice);
}

static void
begin_in (Person *self, HttpFixture *fixture, const char *cookies)
{
  g_autofree char *query = NULL;
  g_autofree char *cookie = NULL;
  g_autofree char *form = NULL;
  g_autofree char *both = NULL;
  g_autoptr (HttpAnswer) page = NULL;

  self->fixture = fixture;
  self->client_id = http_register (fixture);
  query = http_authorize_query (fixture, self->client_id, "&prompt=login");
  page = http_call (fixture, "GET", query, NULL, NULL, NULL);
  form = http_read_consent (page, "allow", &cookie);
  both = g_strjoin ("; ", cookie, cookies, NULL);
  look (self, http_call (fixture, "POST", "/consent", FORM, form, "Origin",
                         fixture->origin, "Cookie", both, NULL));
  self->cookie = http_get_login_cookie (self->page);
}

/* A callback without transaction finds its login by the browser alone. */
static void
test_fixed (void)
{
  g_autoptr (HttpFixture) fixture = fixture_with ("magic-link");
  g_auto (Person) person = { NULL };
  g_auto (Person) other = { NULL };
  g_autoptr (HttpAnswer) elsewhere = NULL;
  g_autoptr (HttpAnswer) replayed = NULL;
  g_autofree char *link = NULL;

  bma_identity_dummy_fix_callback (fixture->provider);
  begin (&person, fixture);
  press (&person, "do=send&email=alice%40example.com");
  link = g_strdup_printf ("/callback?%s&user=alice",
                          bma_identity_dummy_get_mail (fixture->provider).link);
  g_assert_null (strstr (link, "tx="));
  begin (&other, fixture);
  press (&other, "do=send&email=bob%40example.com");
  elsewhere = http_call (fixture, "GET", link, NULL, NULL, "Cookie", "a=1", NULL);
  g_assert_cmpuint (elsewhere->status, ==, 400);
  g_assert_nonnull (strstr (elsewhere->body, "began in another browser"));
  look (&person,
        http_call (fixture, "GET", link, NULL, NULL, "Cookie", person.cookie, NULL));
  assert_signed_in (&person);
  replayed = http_call (fixture, "GET", link, NULL, NULL, "Cookie", person.cookie, NULL);
  g_assert_cmpuint (replayed->status, ==, 400);
  look (&other, open_link (&other, "&user=bob", other.cookie));
  assert_signed_in (&other);
  g_assert_cmpuint (bma_identity_dummy_get_n_exchanges (fixture->provider), ==, 2);
}

/* Of two logins of one browser the second goes on. */
static void
test_fixed_twice (void)
{
  g_autoptr (HttpFixture) fixture = fixture_with ("google");
  g_auto (Person) first = { NULL };
  g_auto (Person) second = { NULL };
  g_autofree char *both = NULL;
  g_autofree char *tx = NULL;
  g_autofree char *challenge = NULL;
  g_autofree char *path = NULL;
  g_autofree char *late = NULL;

  bma_identity_dummy_fix_callback (fixture->provider);
  begin (&first, fixture);
  tx = http_answer_location_parameter (first.page, "tx");
  begin_in (&second, fixture, first.cookie);
  challenge = http_answer_location_parameter (second.page, "challenge");
  both = g_strjoin ("; ", first.cookie, second.cookie, NULL);
  path = g_strdup_printf ("/callback?challenge=%s&user=alice", challenge);
  late = g_strdup_printf ("/callback?tx=%s&user=alice", tx);
  look (&first, http_call (fixture, "GET", late, NULL, NULL, "Cookie", both, NULL));
  g_assert_cmpuint (first.page->status, ==, 400);
  look (&second, http_call (fixture, "GET", path, NULL, NULL, "Cookie", both, NULL));
  assert_signed_in (&second);
}

/* Where callbacks bring the transaction back, one without it is nobody's. */
static void
test_not_fixed (void)
{
  g_autoptr (HttpFixture) fixture = fixture_with ("google");
  g_auto (Person) person = { NULL };
  g_autofree char *challenge = NULL;
  g_autofree char *path = NULL;

  begin (&person, fixture);
  challenge = http_answer_location_parameter (person.page, "challenge");
  path = g_strdup_printf ("/callback?challenge=%s&user=eve", challenge);
  look (&person,
        http_call (fixture, "GET", path, NULL, NULL, "Cookie", person.cookie, NULL));
  g_assert_cmpuint (person.page->status, ==, 400);
  g_assert_cmpuint (bma_identity_dummy_get_n_exchanges (fixture->provider), ==, 0);
}

/* Opens the page of a desktop app's question and presses Allow; the sign-in page
 * follows. */
static BmaApproval *
begin_for_app (Person *self, HttpFixture *fixture)
{
  const BmaLocalRequest request = { 0 };
  g_autoptr (BmaPeer) peer = bma_peer_new (":1.7", "org.example.App", BMA_TRUST_SANDBOX,
                                           "/usr/bin/app", 1000, 4711);
  BmaApproval *approval = NULL;
  g_autofree char *url = NULL;
  g_autofree char *cookie = NULL;
  g_autofree char *form = NULL;
  g_autoptr (HttpAnswer) page = NULL;

  approval = bma_broker_request_approval (fixture->broker, peer, &request, NULL);
  url = bma_approval_get_url (approval);
  page = http_call (fixture, "GET", url + strlen (fixture->origin), NULL, NULL, NULL);
  form = http_read_consent (page, "allow", &cookie);
  self->fixture = fixture;
  look (self, http_call (fixture, "POST", "/consent", FORM, form, "Origin",
                         fixture->origin, "Cookie", cookie, NULL));
  self->cookie = http_get_login_cookie (self->page);
  return approval;
}

static void
test_app (void)
{
  g_autoptr (HttpFixture) fixture = fixture_with ("google email-otp");
  g_auto (Person) person = { NULL };
  g_autoptr (BmaApproval) approval = begin_for_app (&person, fixture);

  press (&person, "method=email-otp");
  press (&person, "do=send&email=alice%40example.com");
  g_assert_cmpint (bma_approval_get_outcome (approval), ==, BMA_APPROVAL_PENDING);
  try_right (&person);
  g_assert_cmpuint (person.page->status, ==, 200);
  g_assert_true (shows (&person, "Signed in"));
  g_assert_cmpint (bma_approval_get_outcome (approval), ==, BMA_APPROVAL_ALLOWED);
}

static void
test_app_cancelled (void)
{
  g_autoptr (HttpFixture) fixture = fixture_with ("google email-otp");
  g_auto (Person) person = { NULL };
  g_autoptr (BmaApproval) approval = begin_for_app (&person, fixture);

  press (&person, "do=cancel");
  g_assert_cmpuint (person.page->status, ==, 200);
  g_assert_true (shows (&person, "Not signed in"));
  g_assert_cmpint (bma_approval_get_outcome (approval), ==, BMA_APPROVAL_DENIED);
  g_assert_null (bma_broker_get_subject (fixture->broker));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/sign-in/offers-what-is-configured", test_choice);
  g_test_add_func ("/http/sign-in/one-method-needs-no-choice", test_one_method);
  g_test_add_func ("/http/sign-in/code-by-e-mail", test_code);
  g_test_add_func ("/http/sign-in/a-form-is-good-once", test_code_once);
  g_test_add_func ("/http/sign-in/five-tries-for-a-code", test_tries);
  g_test_add_func ("/http/sign-in/three-mails-for-an-address", test_mails);
  g_test_add_func ("/http/sign-in/refuses-what-is-no-address", test_bad_address);
  g_test_add_func ("/http/sign-in/tells-nothing-about-addresses", test_tells_nothing);
  g_test_add_func ("/http/sign-in/failures-can-be-repaired", test_failures);
  g_test_add_func ("/http/sign-in/belongs-to-its-browser-and-page", test_guards);
  g_test_add_func ("/http/sign-in/link-by-e-mail", test_link);
  g_test_add_func ("/http/sign-in/a-link-works-in-its-browser-only", test_link_elsewhere);
  g_test_add_func ("/http/sign-in/a-code-has-no-callback", test_no_callback_for_code);
  g_test_add_func ("/http/sign-in/goes-back-to-another-way", test_other_ways);
  g_test_add_func ("/http/sign-in/can-be-cancelled", test_cancel);
  g_test_add_func ("/http/sign-in/answers-a-desktop-app", test_app);
  g_test_add_func ("/http/sign-in/a-cancelled-one-denies-the-app", test_app_cancelled);
  g_test_add_func ("/http/sign-in/two-at-once-never-mix", test_two_at_once);
  g_test_add_func ("/http/sign-in/fixed-callback-is-bound-to-its-browser", test_fixed);
  g_test_add_func ("/http/sign-in/fixed-callback-belongs-to-the-last", test_fixed_twice);
  g_test_add_func ("/http/sign-in/no-transaction-no-callback", test_not_fixed);
  return g_test_run ();
}
