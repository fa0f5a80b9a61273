/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-broker-device.h"
#include "bma-device.h"
#include "bma-grant.h"
#include "bma-text.h"
#include "http-clients.h"

#define DEVICE_GRANT "urn:ietf:params:oauth:grant-type:device_code"

/* A device on its way. */
typedef struct
{
  char *client_id;
  char *device_code;
  char *user_code;
} Device;

static void
device_clear (Device *self)
{
  g_free (self->client_id);
  g_free (self->device_code);
  g_free (self->user_code);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Device, device_clear)

static char *
register_device (HttpFixture *fixture)
{
  g_autoptr (HttpAnswer) answer = http_call (
      fixture, "POST", "/register", "application/json",
      "{\"client_name\":\"Telly <b>\",\"grant_types\":[\"urn:ietf:params:oauth:"
      "grant-type:device_code\",\"refresh_token\"],"
      "\"token_endpoint_auth_method\":\"none\"}",
      NULL);

  g_assert_cmpuint (answer->status, ==, 201);
  return http_answer_member (answer, "client_id");
}

static void
begin (HttpFixture *fixture, Device *device)
{
  g_autofree char *body = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *complete = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *expected_complete = NULL;
  g_autoptr (HttpAnswer) answer = NULL;

  device->client_id = register_device (fixture);
  body = g_strdup_printf ("client_id=%s&scope=mcp", device->client_id);
  answer = http_call (fixture, "POST", "/device_authorization", FORM, body, NULL);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (http_answer_header (answer, "Cache-Control"), ==, "no-store");
  device->device_code = http_answer_member (answer, "device_code");
  device->user_code = http_answer_member (answer, "user_code");
  uri = http_answer_member (answer, "verification_uri");
  complete = http_answer_member (answer, "verification_uri_complete");
  expected = g_strconcat (fixture->origin, "/device", NULL);
  expected_complete = g_strconcat (expected, "?user_code=", device->user_code, NULL);
  g_assert_cmpstr (uri, ==, expected);
  g_assert_cmpstr (complete, ==, expected_complete);
  g_assert_nonnull (strstr (answer->body, "\"expires_in\":600"));
  g_assert_nonnull (strstr (answer->body, "\"interval\":5"));
  g_assert_cmpuint (strlen (device->user_code), ==, 9);
}

static HttpAnswer *
poll_as (HttpFixture *fixture, const char *client_id, const char *device_code)
{
  g_autofree char *body = g_strdup_printf ("grant_type=" DEVICE_GRANT
                                           "&client_id=%s&device_code=%s",
                                           client_id, device_code);

  return http_call (fixture, "POST", "/token", FORM, body, NULL);
}

static void
assert_poll (HttpFixture *fixture, const Device *device, const char *expected)
{
  g_autoptr (HttpAnswer)
      answer = poll_as (fixture, device->client_id, device->device_code);
  g_autofree char *error = http_answer_member (answer, "error");

  g_assert_cmpuint (answer->status, ==, 400);
  g_assert_cmpstr (error, ==, expected);
}

/* The person types the code. */
static HttpAnswer *
type_code (HttpFixture *fixture, const char *code)
{
  g_autofree char *body = g_strdup_printf ("user_code=%s", code);

  return http_call (fixture, "POST", "/device", FORM, body, "Origin", fixture->origin,
                    NULL);
}

static HttpAnswer *
press (HttpFixture *fixture, HttpAnswer *page, const char *choice)
{
  g_autofree char *cookie = NULL;
  g_autofree char *form = http_read_consent (page, choice, &cookie);

  return http_call (fixture, "POST", "/consent", FORM, form, "Origin", fixture->origin,
                    "Cookie", cookie, NULL);
}

static void
test_allowed (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_auto (Device) device = { NULL };
  g_autofree char *lower = NULL;
  g_autofree char *access = NULL;
  g_autofree char *refresh = NULL;
  g_autofree char *bearer = NULL;
  g_autoptr (HttpAnswer) page = NULL;
  g_autoptr (HttpAnswer) done = NULL;
  g_autoptr (HttpAnswer) tokens = NULL;
  g_autoptr (HttpAnswer) passed = NULL;
  g_autoptr (HttpAnswer) refreshed = NULL;
  g_autoptr (HttpAnswer) after = NULL;

  begin (fixture, &device);
  assert_poll (fixture, &device, "authorization_pending");
  assert_poll (fixture, &device, "slow_down");
  lower = g_ascii_strdown (device.user_code, -1);
  page = type_code (fixture, lower);
  g_assert_cmpuint (page->status, ==, 200);
  g_assert_nonnull (strstr (page->body, device.user_code));
  g_assert_nonnull (strstr (page->body, "id=\"device-warning\""));
  g_assert_nonnull (strstr (page->body, "would use “Telly &lt;b&gt;” in your name"));
  g_assert_null (strstr (page->body, "id=\"redirect-host\""));
  done = press (fixture, page, "allow");
  g_assert_cmpuint (done->status, ==, 200);
  tokens = poll_as (fixture, device.client_id, device.device_code);
  g_assert_cmpuint (tokens->status, ==, 200);
  access = http_answer_member (tokens, "access_token");
  refresh = http_answer_member (tokens, "refresh_token");
  bearer = g_strconcat ("Bearer ", access, NULL);
  passed = http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);
  g_assert_cmpuint (passed->status, ==, 202);
  refreshed = http_refresh (fixture, device.client_id, refresh);
  g_assert_cmpuint (refreshed->status, ==, 200);
  /* The code works once, and whoever uses it again ends it all. */
  assert_poll (fixture, &device, "invalid_grant");
  after = http_call (fixture, "GET", "/mcp", NULL, NULL, "Authorization", bearer, NULL);
  g_assert_cmpuint (after->status, ==, 401);
}

static void
test_denied (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_auto (Device) device = { NULL };
  g_autoptr (HttpAnswer) page = NULL;
  g_autoptr (HttpAnswer) done = NULL;
  g_autoptr (HttpAnswer) again = NULL;

  begin (fixture, &device);
  page = type_code (fixture, device.user_code);
  done = press (fixture, page, "deny");
  g_assert_cmpuint (done->status, ==, 200);
  assert_poll (fixture, &device, "access_denied");
  again = type_code (fixture, device.user_code);
  g_assert_cmpuint (again->status, ==, 400);
}

static void
test_bound (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_auto (Device) device = { NULL };
  g_autofree char *other = register_device (fixture);
  g_autofree char *cookie = NULL;
  g_autofree char *form = NULL;
  g_autofree char *other_error = NULL;
  g_autofree char *body = NULL;
  g_autoptr (HttpAnswer) page = NULL;
  g_autoptr (HttpAnswer) stranger = NULL;
  g_autoptr (HttpAnswer) foreign = NULL;
  g_autoptr (HttpAnswer) framed = NULL;
  g_autoptr (HttpAnswer) bare = NULL;
  g_autoptr (HttpAnswer) asked = NULL;
  g_autoptr (HttpAnswer) replayed = NULL;

  begin (fixture, &device);
  stranger = poll_as (fixture, other, device.device_code);
  other_error = http_answer_member (stranger, "error");
  g_assert_cmpstr (other_error, ==, "invalid_grant");
  body = g_strdup_printf ("user_code=%s", device.user_code);
  foreign = http_call (fixture, "POST", "/device", FORM, body, "Origin",
                       "https://evil.example", NULL);
  framed = http_call (fixture, "POST", "/device", FORM, body, "Origin", fixture->origin,
                      "Sec-Fetch-Site", "cross-site", NULL);
  g_assert_cmpuint (foreign->status, ==, 403);
  g_assert_cmpuint (framed->status, ==, 403);
  page = type_code (fixture, device.user_code);
  form = http_read_consent (page, "allow", &cookie);
  bare = http_call (fixture, "POST", "/consent", FORM, form, "Origin", fixture->origin,
                    "Cookie", "none=1", NULL);
  g_assert_cmpuint (bare->status, ==, 400);
  bma_clock_dummy_advance_s (fixture->clock, 5);
  assert_poll (fixture, &device, "authorization_pending");
  asked = http_call (fixture, "POST", "/consent", FORM, form, "Origin", fixture->origin,
                     "Cookie", cookie, NULL);
  replayed = http_call (fixture, "POST", "/consent", FORM, form, "Origin",
                        fixture->origin, "Cookie", cookie, NULL);
  g_assert_cmpuint (asked->status, ==, 200);
  g_assert_cmpuint (replayed->status, ==, 400);
}

static void
test_expired (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_auto (Device) device = { NULL };
  g_autoptr (HttpAnswer) page = NULL;
  g_autoptr (HttpAnswer) pressed = NULL;
  g_autoptr (HttpAnswer) late = NULL;

  begin (fixture, &device);
  bma_clock_dummy_advance_s (fixture->clock, 599);
  page = type_code (fixture, device.user_code);
  bma_clock_dummy_advance_s (fixture->clock, 1);
  pressed = press (fixture, page, "allow");
  g_assert_cmpuint (pressed->status, ==, 400);
  late = type_code (fixture, device.user_code);
  g_assert_cmpuint (late->status, ==, 400);
  assert_poll (fixture, &device, "expired_token");
}

/* A link with the code only types it. */
static void
test_link (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_auto (Device) device = { NULL };
  g_autofree char *path = NULL;
  g_autofree char *value = NULL;
  g_autoptr (HttpAnswer) empty = http_call (fixture, "GET", "/device", NULL, NULL, NULL);
  g_autoptr (HttpAnswer) page = NULL;
  g_autoptr (HttpAnswer)
      odd = http_call (fixture, "GET", "/device?user_code=%22%3E%3Cscript%3E", NULL, NULL,
                       NULL);
  g_autoptr (HttpAnswer) unknown =
      http_call (fixture, "GET", "/device?user_code=BCDF-GHJK", NULL, NULL, NULL);

  begin (fixture, &device);
  path = g_strconcat ("/device?user_code=", device.user_code, NULL);
  page = http_call (fixture, "GET", path, NULL, NULL, NULL);
  value = g_strdup_printf ("value=\"%s\"", device.user_code);
  g_assert_cmpuint (empty->status, ==, 200);
  g_assert_cmpuint (page->status, ==, 200);
  g_assert_nonnull (strstr (page->body, value));
  g_assert_nonnull (strstr (page->body, "action=\"/device\""));
  g_assert_null (strstr (page->body, "action=\"/consent\""));
  g_assert_nonnull (strstr (http_answer_header (page, "Content-Security-Policy"),
                            "frame-ancestors 'none'"));
  g_assert_null (http_answer_header (page, "Access-Control-Allow-Origin"));
#ifdef BMA_HAVE_QRENCODE
  g_assert_nonnull (strstr (page->body, "<svg id=\"qr\""));
#else
  g_assert_null (strstr (page->body, "<svg"));
#endif
  g_assert_null (strstr (empty->body, "<svg"));
  g_assert_cmpuint (odd->status, ==, 400);
  g_assert_null (strstr (odd->body, "<script>"));
  /* Whether a device waits with it is not told before the button is pressed. */
  g_assert_cmpuint (unknown->status, ==, 200);
  assert_poll (fixture, &device, "authorization_pending");
}

static void
test_guessing (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_auto (Device) device = { NULL };
  g_autoptr (HttpAnswer) blocked = NULL;
  g_autoptr (HttpAnswer) good = NULL;

  begin (fixture, &device);
  for (unsigned int i = 0; i < 20; i++)
    {
      g_autoptr (HttpAnswer) answer = type_code (fixture, "BBBB-BBBB");

      g_assert_cmpuint (answer->status, ==, 400);
    }
  blocked = type_code (fixture, device.user_code);
  g_assert_cmpuint (blocked->status, ==, 429);
  g_assert_nonnull (http_answer_header (blocked, "Retry-After"));
  bma_clock_dummy_advance_s (fixture->clock, 3);
  good = type_code (fixture, device.user_code);
  g_assert_cmpuint (good->status, ==, 200);
}

/* Nobody is signed in: to the provider and back, in the same browser. */
static void
test_signs_in (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();
  g_auto (Device) device = { NULL };
  g_autofree char *tx = NULL;
  g_autofree char *challenge = NULL;
  g_autofree char *cookie = NULL;
  g_autofree char *path = NULL;
  const char *set = NULL;
  g_autoptr (HttpAnswer) page = NULL;
  g_autoptr (HttpAnswer) sent = NULL;
  g_autoptr (HttpAnswer) back = NULL;
  g_autoptr (HttpAnswer) tokens = NULL;

  begin (fixture, &device);
  page = type_code (fixture, device.user_code);
  sent = press (fixture, page, "allow");
  g_assert_cmpuint (sent->status, ==, 303);
  assert_poll (fixture, &device, "authorization_pending");
  tx = http_answer_location_parameter (sent, "tx");
  challenge = http_answer_location_parameter (sent, "challenge");
  set = strstr (http_answer_header (sent, "Set-Cookie"), "__Host-bma-login-");
  cookie = g_strndup (set, strcspn (set, ";"));
  path = g_strdup_printf ("/callback?tx=%s&challenge=%s&user=alice", tx, challenge);
  back = http_call (fixture, "GET", path, NULL, NULL, "Cookie", cookie, NULL);
  g_assert_cmpuint (back->status, ==, 200);
  tokens = poll_as (fixture, device.client_id, device.device_code);
  g_assert_cmpuint (tokens->status, ==, 200);
}

/* Who does not sign in after all says no, and the device is told. */
static void
test_cancelled_sign_in (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();
  g_auto (Device) device = { NULL };
  g_autofree char *cookie = NULL;
  g_autofree char *tx = NULL;
  g_autofree char *turn = NULL;
  g_autofree char *form = NULL;
  g_autoptr (HttpAnswer) page = NULL;
  g_autoptr (HttpAnswer) choice = NULL;
  g_autoptr (HttpAnswer) cancelled = NULL;

  bma_identity_dummy_offer (fixture->provider, "google github");
  begin (fixture, &device);
  page = type_code (fixture, device.user_code);
  choice = press (fixture, page, "allow");
  g_assert_cmpuint (choice->status, ==, 200);
  cookie = http_get_login_cookie (choice);
  tx = http_read_field (choice->body, "tx");
  turn = http_read_field (choice->body, "turn");
  form = g_strdup_printf ("tx=%s&turn=%s&do=cancel", tx, turn);
  cancelled = http_call (fixture, "POST", "/sign-in", FORM, form, "Origin",
                         fixture->origin, "Cookie", cookie, NULL);
  g_assert_cmpuint (cancelled->status, ==, 200);
  assert_poll (fixture, &device, "access_denied");
}

static void
test_store_holds_hashes (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_auto (Device) device = { NULL };
  g_autofree char *id = NULL;
  const BmaDevice *record = NULL;

  begin (fixture, &device);
  id = bma_text_sha256_hex (device.device_code);
  record = bma_store_lookup (BMA_STORE (fixture->store), &bma_device_type, id);
  g_assert_nonnull (record);
  g_assert_cmpstr (record->user_code_hash, !=, device.user_code);
  g_assert_cmpuint (strlen (record->user_code_hash), ==, 64);
}

static void
test_bad_input (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *plain = http_register (fixture);
  g_autofree char *device = register_device (fixture);
  g_autofree char *no_grant = g_strdup_printf ("client_id=%s", plain);
  g_autofree char *scope = g_strdup_printf ("client_id=%s&scope=root", device);
  g_autofree char *target = g_strdup_printf ("client_id=%s&resource=http://x", device);
  g_autofree char *twice = g_strdup_printf ("client_id=%s&client_id=%s", device, device);
  g_autofree char *secret = g_strdup_printf ("client_id=%s&client_secret=x", device);
  g_autofree char *no_code =
      g_strdup_printf ("grant_type=" DEVICE_GRANT "&client_id=%s", device);
  g_autofree char *bad_code =
      g_strdup_printf ("grant_type=" DEVICE_GRANT "&client_id=%s&device_code=x", device);
  g_autofree char *other =
      g_strdup_printf ("grant_type=" DEVICE_GRANT "&client_id=%s&device_code=x", plain);
  const struct
  {
    const char *path;
    const char *type;
    const char *body;
    unsigned int status;
    const char *error;
  } cases[] = {
    { "/device_authorization", FORM, "", 400, "invalid_request" },
    { "/device_authorization", FORM, "client_id=nobody", 401, "invalid_client" },
    { "/device_authorization", FORM, no_grant, 400, "unauthorized_client" },
    { "/device_authorization", FORM, scope, 400, "invalid_scope" },
    { "/device_authorization", FORM, target, 400, "invalid_target" },
    { "/device_authorization", FORM, twice, 400, "invalid_request" },
    { "/device_authorization", FORM, secret, 401, "invalid_client" },
    { "/device_authorization", "application/json", "{}", 400, "invalid_request" },
    { "/token", FORM, no_code, 400, "invalid_request" },
    { "/token", FORM, bad_code, 400, "invalid_grant" },
    { "/token", FORM, other, 400, "unauthorized_client" },
    { "/device", "text/plain", "user_code=BCDF-GHJK", 400, "invalid_request" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (HttpAnswer) answer =
          http_call (fixture, "POST", cases[i].path, cases[i].type, cases[i].body, NULL);
      g_autofree char *error = http_answer_member (answer, "error");

      g_test_message ("case %zu", i);
      g_assert_cmpuint (answer->status, ==, cases[i].status);
      g_assert_cmpstr (error, ==, cases[i].error);
    }
}

/* Any web page can have the browser open links. */
static void
test_links_cost_nothing (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_auto (Device) device = { NULL };
  g_autoptr (HttpAnswer) page = NULL;

  begin (fixture, &device);
  for (unsigned int i = 0; i < 25; i++)
    {
      g_autoptr (HttpAnswer) linked =
          http_call (fixture, "GET", "/device?user_code=BBBB-BBBB", NULL, NULL, NULL);

      g_assert_cmpuint (linked->status, ==, 200);
    }
  page = type_code (fixture, device.user_code);
  g_assert_cmpuint (page->status, ==, 200);
}

static void
test_flood (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaChange) change = bma_change_new ();
  int64_t now_s = bma_clock_now_s (BMA_CLOCK (fixture->clock));
  g_auto (Device) device = { NULL };
  g_autoptr (HttpAnswer) page = NULL;

  for (unsigned int i = 0; i < BMA_BROKER_MAX_DEVICES; i++)
    {
      g_autofree char *id = g_strdup_printf ("%064x", i);
      BmaDevice *waiting = bma_record_new (&bma_device_type, id);

      waiting->state = g_strdup (BMA_DEVICE_PENDING);
      waiting->user_code_hash = g_strdup (id);
      waiting->created_at_s = now_s + i - BMA_BROKER_MAX_DEVICES;
      waiting->expires_at_s = now_s + 600;
      bma_change_put_take (change, waiting);
    }
  http_store_apply (fixture, change);
  begin (fixture, &device);
  page = type_code (fixture, device.user_code);
  g_assert_cmpuint (page->status, ==, 200);
  g_assert_null (bma_store_lookup (
      BMA_STORE (fixture->store), &bma_device_type,
      "0000000000000000000000000000000000000000000000000000000000000000"));
}

/* The same person allowing the same client makes the same grant. */
static void
test_revoked (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_auto (Device) device = { NULL };
  g_autoptr (HttpAnswer) page = NULL;
  g_autoptr (HttpAnswer) done = NULL;
  g_autoptr (GPtrArray) grants = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (BmaChange) change = bma_change_new ();

  begin (fixture, &device);
  page = type_code (fixture, device.user_code);
  done = press (fixture, page, "allow");
  g_assert_cmpuint (done->status, ==, 200);
  grants = bma_store_list (BMA_STORE (fixture->store), &bma_grant_type);
  g_assert_cmpuint (grants->len, ==, 1);
  bma_broker_revoke_grant_async (fixture->broker,
                                 ((const BmaRecord *) grants->pdata[0])->id, NULL,
                                 http_keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  bma_change_put (change, grants->pdata[0]);
  http_store_apply (fixture, change);
  assert_poll (fixture, &device, "invalid_grant");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/device/allowed-elsewhere-and-redeemed-once", test_allowed);
  g_test_add_func ("/http/device/denied", test_denied);
  g_test_add_func ("/http/device/bound-to-client-page-and-browser", test_bound);
  g_test_add_func ("/http/device/expires", test_expired);
  g_test_add_func ("/http/device/link-only-types-the-code", test_link);
  g_test_add_func ("/http/device/guessing-is-slow", test_guessing);
  g_test_add_func ("/http/device/signs-in-with-the-provider", test_signs_in);
  g_test_add_func ("/http/device/cancelled-sign-in-says-no", test_cancelled_sign_in);
  g_test_add_func ("/http/device/store-holds-hashes", test_store_holds_hashes);
  g_test_add_func ("/http/device/links-cost-nothing", test_links_cost_nothing);
  g_test_add_func ("/http/device/the-oldest-makes-room", test_flood);
  g_test_add_func ("/http/device/what-was-taken-back-stays-so", test_revoked);
  g_test_add_func ("/http/device/bad-input", test_bad_input);
  return g_test_run ();
}
