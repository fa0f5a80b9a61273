/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-identity-dummy.h"
#include "bma-text.h"
#include "http-fixture.h"

/* The person at this desktop, and people from elsewhere at the same service. */

#define STRANGER "192.0.2.66"

/* From the owner if address is NULL, else through a proxy that says for whom. */
static HttpAnswer *
ask (HttpFixture *fixture,
     const char *address,
     const char *method,
     const char *path,
     const char *form,
     const char *cookie)
{
  const char *type = form != NULL ? FORM : NULL;
  const char *cookies = cookie != NULL ? cookie : "none=1";

  if (address == NULL)
    return http_call (fixture, method, path, type, form, "Origin", fixture->origin,
                      "Cookie", cookies, NULL);
  return http_call (fixture, method, path, type, form, "Origin", fixture->origin,
                    "Cookie", cookies, "X-Forwarded-For", address, NULL);
}

/* A login that has reached the provider. */
typedef struct
{
  char *client_id;
  char *cookie;
  char *callback;
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
begin (HttpFixture *fixture, const char *address, Login *login)
{
  g_autofree char *query = NULL;
  g_autoptr (HttpAnswer) page = NULL;
  g_autoptr (HttpAnswer) away = NULL;
  g_autofree char *cookie = NULL;
  g_autofree char *form = NULL;
  g_autofree char *tx = NULL;
  g_autofree char *challenge = NULL;

  if (login->client_id == NULL)
    login->client_id = http_register (fixture);
  query = http_authorize_query (fixture, login->client_id, "&prompt=login");
  page = ask (fixture, address, "GET", query, NULL, NULL);
  form = http_read_consent (page, "allow", &cookie);
  away = ask (fixture, address, "POST", "/consent", form, cookie);
  g_assert_cmpuint (away->status, ==, 303);
  tx = http_answer_location_parameter (away, "tx");
  challenge = http_answer_location_parameter (away, "challenge");
  login->cookie = http_get_login_cookie (away);
  login->callback = g_strdup_printf ("/callback?tx=%s&challenge=%s", tx, challenge);
}

static HttpAnswer *
come_back (HttpFixture *fixture,
           const char *address,
           const Login *login,
           const char *user)
{
  g_autofree char *path = g_strdup_printf ("%s&user=%s", login->callback, user);

  return ask (fixture, address, "GET", path, NULL, login->cookie);
}

/* Who the token is for that the code of an answer gets. */
static char *
get_person (HttpFixture *fixture, const char *client_id, HttpAnswer *answer)
{
  g_autofree char *code = http_answer_location_parameter (answer, "code");
  g_autoptr (HttpAnswer) tokens = http_redeem (fixture, client_id, code);
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
sign_in (HttpFixture *fixture, const char *address, const char *user)
{
  g_auto (Login) login = { NULL };
  g_autoptr (HttpAnswer) answer = NULL;

  begin (fixture, address, &login);
  answer = come_back (fixture, address, &login, user);
  g_assert_cmpuint (answer->status, ==, 303);
}

static const char *
get_signed_in (HttpFixture *fixture)
{
  const BmaSubject *subject = bma_broker_get_subject (fixture->broker);

  return subject != NULL ? subject->sub : NULL;
}

/* What a restart finds in the store. */
static void
look_again (HttpFixture *fixture)
{
  bma_broker_set_provider (fixture->broker, BMA_IDENTITY_PROVIDER (fixture->provider));
}

static void
test_stranger_is_nobody (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();
  g_auto (Login) login = { NULL };
  g_autofree char *query = NULL;
  g_autofree char *silent = NULL;

  sign_in (fixture, NULL, "owner");
  g_assert_cmpstr (get_signed_in (fixture), ==, "owner");
  begin (fixture, NULL, &login);
  {
    g_autoptr (HttpAnswer) allowed = come_back (fixture, NULL, &login, "owner");

    g_assert_cmpuint (allowed->status, ==, 303);
  }
  query = http_authorize_query (fixture, login.client_id, "");
  silent = http_authorize_query (fixture, login.client_id, "&prompt=none");
  {
    g_autoptr (HttpAnswer) own = ask (fixture, NULL, "GET", query, NULL, NULL);
    g_autoptr (HttpAnswer) page = ask (fixture, STRANGER, "GET", query, NULL, NULL);
    g_autoptr (HttpAnswer) none = ask (fixture, STRANGER, "GET", silent, NULL, NULL);
    g_autofree char *own_code = http_answer_location_parameter (own, "code");
    g_autofree char *error = http_answer_location_parameter (none, "error");

    /* The owner is not asked again; the stranger is, as somebody unknown. */
    g_assert_nonnull (own_code);
    g_assert_cmpuint (page->status, ==, 200);
    g_assert_null (strstr (page->body, "id=\"subject\""));
    g_assert_null (strstr (page->body, "owner"));
    g_assert_null (strstr (page->body, "other-account"));
    g_assert_cmpstr (error, ==, "interaction_required");
  }
}

static void
test_stranger_signs_in (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();
  g_auto (Login) login = { NULL };
  g_autoptr (HttpAnswer) answer = NULL;
  g_autofree char *person = NULL;

  sign_in (fixture, NULL, "owner");
  begin (fixture, STRANGER, &login);
  answer = come_back (fixture, STRANGER, &login, "eve");
  g_assert_cmpuint (answer->status, ==, 303);
  person = get_person (fixture, login.client_id, answer);
  g_assert_cmpstr (person, ==, "eve");
  g_assert_cmpstr (get_signed_in (fixture), ==, "owner");
  bma_clock_dummy_advance_s (fixture->clock, 5);
  sign_in (fixture, STRANGER, "mallory");
  look_again (fixture);
  g_assert_cmpstr (get_signed_in (fixture), ==, "owner");
}

static void
test_nobody_at_the_desktop (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();

  sign_in (fixture, STRANGER, "eve");
  g_assert_null (get_signed_in (fixture));
  look_again (fixture);
  g_assert_null (get_signed_in (fixture));
}

static void
test_same_person (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();
  g_autoptr (GAsyncResult) result = NULL;

  sign_in (fixture, NULL, "owner");
  sign_in (fixture, STRANGER, "owner");
  look_again (fixture);
  g_assert_cmpstr (get_signed_in (fixture), ==, "owner");
  bma_broker_sign_out_async (fixture->broker, NULL, http_keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (bma_broker_sign_out_finish (fixture->broker, result, NULL));
  sign_in (fixture, STRANGER, "owner");
  g_assert_null (get_signed_in (fixture));
  look_again (fixture);
  g_assert_null (get_signed_in (fixture));
}

/* A login goes on only where it began, whoever has its cookie. */
static void
test_login_stays (void)
{
  static const struct
  {
    const char *from;
    const char *to;
  } cases[] = { { NULL, STRANGER }, { STRANGER, NULL } };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();
      g_auto (Login) login = { NULL };
      g_autoptr (HttpAnswer) elsewhere = NULL;
      g_autoptr (HttpAnswer) back = NULL;

      begin (fixture, cases[i].from, &login);
      elsewhere = come_back (fixture, cases[i].to, &login, "eve");
      g_assert_cmpuint (elsewhere->status, ==, 400);
      g_assert_null (get_signed_in (fixture));
      back = come_back (fixture, cases[i].from, &login, "alice");
      g_assert_cmpuint (back->status, ==, 303);
    }
}

static void
test_approval (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (BmaPeer) peer = bma_peer_new (":1.7", "org.example.App", BMA_TRUST_UNIT,
                                           "/usr/bin/app", 1000, 4711);
  const BmaLocalRequest request = { NULL };
  g_autoptr (BmaApproval)
      approval = bma_broker_request_approval (fixture->broker, peer, &request, NULL);
  g_autofree char *url = bma_approval_get_url (approval);
  const char *path = url + strlen (fixture->origin);
  g_autoptr (HttpAnswer) far = ask (fixture, STRANGER, "GET", path, NULL, NULL);
  g_autoptr (HttpAnswer) page = ask (fixture, NULL, "GET", path, NULL, NULL);
  g_autofree char *cookie = NULL;
  g_autofree char *form = http_read_consent (page, "allow", &cookie);
  g_autofree char *body = g_strconcat (form, "&decision=session", NULL);
  g_autoptr (HttpAnswer)
      pressed = ask (fixture, STRANGER, "POST", "/consent", body, cookie);
  g_autoptr (HttpAnswer) own = NULL;

  g_assert_cmpuint (far->status, ==, 403);
  g_assert_null (strstr (far->body, "org.example.App"));
  g_assert_cmpuint (pressed->status, ==, 403);
  g_assert_cmpint (bma_approval_get_outcome (approval), ==, BMA_APPROVAL_PENDING);
  own = ask (fixture, NULL, "POST", "/consent", body, cookie);
  g_assert_cmpuint (own->status, ==, 200);
  g_assert_cmpint (bma_approval_get_outcome (approval), ==, BMA_APPROVAL_ALLOWED);
}

static void
test_local_provider (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *id = http_register (fixture);
  g_autofree char *query = http_authorize_query (fixture, id, "");
  g_autoptr (HttpAnswer) far = ask (fixture, STRANGER, "GET", query, NULL, NULL);
  g_autoptr (HttpAnswer) page = ask (fixture, NULL, "GET", query, NULL, NULL);
  g_autofree char *cookie = NULL;
  g_autofree char *form = http_read_consent (page, "allow", &cookie);
  g_autoptr (HttpAnswer)
      pressed = ask (fixture, STRANGER, "POST", "/consent", form, cookie);

  g_assert_cmpuint (far->status, ==, 403);
  g_assert_null (http_answer_header (far, "Location"));
  g_assert_cmpuint (pressed->status, ==, 403);
  g_assert_null (http_answer_header (pressed, "Location"));
}

/* Each of these says that somebody stands between. */
static void
test_traces (void)
{
  static const struct
  {
    const char *name;
    const char *value;
  } cases[] = {
    { "Forwarded", "for=192.0.2.1" },
    { "Forwarded", "for=127.0.0.1" },
    { "X-Forwarded-For", "127.0.0.1" },
    { "X-Forwarded-Host", "localhost" },
    { "X-Forwarded-Proto", "https" },
    { "X-Forwarded-Server", "x" },
    { "X-Real-IP", "127.0.0.1" },
    { "CF-Connecting-IP", "127.0.0.1" },
    { "True-Client-IP", "127.0.0.1" },
    { "Via", "1.1 proxy" },
    { "x-forwarded-for", "not understood" },
  };
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autoptr (HttpAnswer) own = http_call (fixture, "GET", "/", NULL, NULL, NULL);

  g_assert_nonnull (strstr (own->body, "id=\"state\""));
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      static const char *const closed[] = { "/status", "/metrics" };
      g_autoptr (HttpAnswer) home = http_call (fixture, "GET", "/", NULL, NULL,
                                               cases[i].name, cases[i].value, NULL);

      g_test_message ("%s", cases[i].name);
      g_assert_cmpuint (home->status, ==, 200);
      g_assert_null (strstr (home->body, "id=\"state\""));
      g_assert_nonnull (strstr (home->body, "id=\"mcp-url\""));
      for (size_t j = 0; j < G_N_ELEMENTS (closed); j++)
        {
          g_autoptr (HttpAnswer)
              answer = http_call (fixture, "GET", closed[j], NULL, NULL, cases[i].name,
                                  cases[i].value, NULL);
          g_autofree char *error = http_answer_member (answer, "error");

          g_assert_cmpuint (answer->status, ==, 403);
          g_assert_cmpstr (error, ==, "owner_only");
        }
    }
}

/* The proxy on the loopback interface is trusted, so whoever connects from there is not
 * the owner, and what it says must be understood. */
static void
test_trusted_proxy (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  static const char *const garbled[] = { "nonsense", "192.0.2.1,", "" };

  g_strfreev (fixture->config->trusted_proxies);
  fixture->config->trusted_proxies = g_strsplit ("127.0.0.0/8", ",", -1);
  {
    g_autoptr (HttpAnswer) home = http_call (fixture, "GET", "/", NULL, NULL, NULL);
    g_autoptr (HttpAnswer)
        status = http_call (fixture, "GET", "/status", NULL, NULL, NULL);

    g_assert_null (strstr (home->body, "id=\"state\""));
    g_assert_cmpuint (status->status, ==, 403);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (garbled); i++)
    {
      g_autoptr (HttpAnswer) answer = http_call (fixture, "GET", "/", NULL, NULL,
                                                 "X-Forwarded-For", garbled[i], NULL);

      g_assert_cmpuint (answer->status, ==, 400);
    }
}

static void
test_forwarded_host (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL);
  g_autofree char *localhost =
      g_strconcat ("localhost", strrchr (fixture->origin, ':'), NULL);
  g_autofree char *wanted = g_strconcat ("http://", localhost, "/mcp", NULL);
  static const char path[] = "/.well-known/oauth-protected-resource";

  {
    /* Nobody said that this one may be believed. */
    g_autoptr (HttpAnswer) answer =
        http_call (fixture, "GET", path, NULL, NULL, "X-Forwarded-Host", localhost, NULL);
    g_autofree char *resource = http_answer_member (answer, "resource");

    g_assert_cmpstr (resource, !=, wanted);
  }
  g_strfreev (fixture->config->trusted_proxies);
  fixture->config->trusted_proxies = g_strsplit ("127.0.0.1", ",", -1);
  {
    g_autoptr (HttpAnswer) answer =
        http_call (fixture, "GET", path, NULL, NULL, "X-Forwarded-Host", localhost, NULL);
    g_autoptr (HttpAnswer) foreign = http_call (fixture, "GET", path, NULL, NULL,
                                                "X-Forwarded-Host", "evil.example", NULL);
    g_autofree char *resource = http_answer_member (answer, "resource");

    g_assert_cmpstr (resource, ==, wanted);
    g_assert_cmpuint (foreign->status, ==, 421);
  }
}

/* We speak plain HTTP and are known by an https name: somebody else has the name. */
static void
test_public_name (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();
  g_auto (Login) login = { NULL };
  g_autofree char *bounced = NULL;

  bma_config_set_address (fixture->config, "127.0.0.1",
                          bma_http_server_get_port (fixture->server),
                          "https://auth.example.org", NULL);
  {
    g_autoptr (HttpAnswer) own = http_call (fixture, "GET", "/", NULL, NULL, NULL);
    g_autoptr (HttpAnswer) far =
        http_call (fixture, "GET", "/", NULL, NULL, "Host", "auth.example.org", NULL);

    g_assert_nonnull (strstr (own->body, "id=\"state\""));
    g_assert_null (strstr (far->body, "id=\"state\""));
    g_assert_nonnull (http_answer_header (far, "Strict-Transport-Security"));
  }
  /* The owner begins directly; the provider only knows the public address. */
  begin (fixture, NULL, &login);
  {
    g_autoptr (HttpAnswer) public = http_call (fixture, "GET", login.callback, NULL, NULL,
                                               "Host", "auth.example.org", NULL);
    g_autoptr (HttpAnswer)
        unknown = http_call (fixture, "GET", "/callback?tx=unknown", NULL, NULL, "Host",
                             "auth.example.org", NULL);

    bounced = g_strconcat (fixture->origin, login.callback, NULL);
    g_assert_cmpuint (public->status, ==, 303);
    g_assert_cmpstr (http_answer_header (public, "Location"), ==, bounced);
    g_assert_cmpuint (unknown->status, ==, 400);
  }
  {
    g_autoptr (HttpAnswer) back = come_back (fixture, NULL, &login, "owner");

    g_assert_cmpuint (back->status, ==, 303);
    g_assert_cmpstr (get_signed_in (fixture), ==, "owner");
  }
}

static void
test_plain_at_the_proxy (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new_with_provider ();

  bma_config_set_address (fixture->config, "127.0.0.1",
                          bma_http_server_get_port (fixture->server),
                          "https://auth.example.org", NULL);
  g_strfreev (fixture->config->trusted_proxies);
  fixture->config->trusted_proxies = g_strsplit ("127.0.0.1", ",", -1);
  {
    g_autoptr (HttpAnswer) plain =
        http_call (fixture, "GET", "/", NULL, NULL, "Host", "auth.example.org",
                   "X-Forwarded-For", STRANGER, "X-Forwarded-Proto", "http", NULL);
    g_autoptr (HttpAnswer) secure =
        http_call (fixture, "GET", "/", NULL, NULL, "Host", "auth.example.org",
                   "X-Forwarded-For", STRANGER, "X-Forwarded-Proto", "https", NULL);
    g_autofree char *error = http_answer_member (plain, "error");

    g_assert_cmpuint (plain->status, ==, 403);
    g_assert_cmpstr (error, ==, "https_required");
    g_assert_cmpuint (secure->status, ==, 200);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/owner/stranger-is-not-who-is-signed-in",
                   test_stranger_is_nobody);
  g_test_add_func ("/http/owner/stranger-signs-in-for-their-client-alone",
                   test_stranger_signs_in);
  g_test_add_func ("/http/owner/stranger-never-takes-the-desktop",
                   test_nobody_at_the_desktop);
  g_test_add_func ("/http/owner/same-person-from-elsewhere", test_same_person);
  g_test_add_func ("/http/owner/login-ends-where-it-began", test_login_stays);
  g_test_add_func ("/http/owner/approval-is-the-owners", test_approval);
  g_test_add_func ("/http/owner/local-user-is-nobody-elsewhere", test_local_provider);
  g_test_add_func ("/http/owner/traces-of-a-relay", test_traces);
  g_test_add_func ("/http/owner/trusted-proxy-is-not-the-owner", test_trusted_proxy);
  g_test_add_func ("/http/owner/forwarded-host-of-trusted-proxies", test_forwarded_host);
  g_test_add_func ("/http/owner/public-name-is-somebody-elses", test_public_name);
  g_test_add_func ("/http/owner/plain-http-at-the-proxy", test_plain_at_the_proxy);
  return g_test_run ();
}
