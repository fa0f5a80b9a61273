/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "http-fixture.h"

#include <stdarg.h>
#include <string.h>

#include "bma-entropy-system.h"
#include "bma-form.h"
#include "bma-identity-local.h"

static void
on_upstream (SoupServer *server,
             SoupServerMessage *message,
             const char *path,
             GHashTable *query,
             gpointer user_data)
{
  HttpFixture *self = user_data;
  SoupMessageHeadersIter iter;
  GString *seen = g_string_new (soup_server_message_get_method (message));
  const char *name = NULL;
  const char *value = NULL;
  const char *raw_query = g_uri_get_query (soup_server_message_get_uri (message));

  g_string_append_printf (seen, " %s%s%s\n", path, raw_query != NULL ? "?" : "",
                          raw_query != NULL ? raw_query : "");
  soup_message_headers_iter_init (&iter,
                                  soup_server_message_get_request_headers (message));
  while (soup_message_headers_iter_next (&iter, &name, &value))
    g_string_append_printf (seen, "%s: %s\n", name, value);
  g_free (self->upstream_seen);
  self->upstream_seen = g_string_free (seen, FALSE);
  self->n_upstream++;
  if (self->answer_upstream != NULL)
    {
      self->answer_upstream (self, message);
      return;
    }

  soup_message_headers_append (soup_server_message_get_response_headers (message),
                               "Mcp-Session-Id", "session-1");
  soup_message_headers_append (soup_server_message_get_response_headers (message),
                               "Set-Cookie", "upstream=1");
  soup_message_headers_append (soup_server_message_get_response_headers (message),
                               "Access-Control-Allow-Origin", "*");
  if (raw_query != NULL && g_str_equal (raw_query, "stream"))
    {
      soup_message_headers_set_encoding (soup_server_message_get_response_headers (
                                             message),
                                         SOUP_ENCODING_CHUNKED);
      soup_server_message_set_status (message, 200, NULL);
      soup_server_message_set_response (message, "text/event-stream", SOUP_MEMORY_STATIC,
                                        "id: 1\r\ndata: a\r\n\r\n", 19);
      soup_message_body_set_accumulate (soup_server_message_get_response_body (message),
                                        FALSE);
      /* No end: the answer stays open. */
      return;
    }
  soup_server_message_set_status (message, 202, NULL);
  soup_server_message_set_response (message, "application/json; charset=utf-8",
                                    SOUP_MEMORY_STATIC, "{\"ok\":1}", 8);
}

/* Behind a front too: libsoup's own listener leaks. */
static void
start_upstream (HttpFixture *self)
{
  g_autoptr (GSocketAddress)
      address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  BmaHttpFrontLimits limits;

  self->upstream = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->upstream, NULL, on_upstream, self, NULL);
  bma_http_front_limits_init_default (&limits);
  self->upstream_front = bma_http_front_new (self->upstream, &limits, NULL);
  g_assert_nonnull (self->upstream_front);
  g_assert_true (bma_http_front_listen (self->upstream_front, address, NULL));
  g_free (self->config->upstream);
  self->config->upstream =
      g_strdup_printf ("http://127.0.0.1:%u/mcp",
                       bma_http_front_get_port (self->upstream_front));
}

static HttpFixture *
fixture_new (const char *const *cors_origins,
             BmaKeyringState state,
             BmaIdentityDummy *dummy)
{
  HttpFixture *self = g_new0 (HttpFixture, 1);
  g_autoptr (BmaEntropy) entropy = bma_entropy_system_new ();
  g_autoptr (BmaIdentityProvider)
      provider = dummy != NULL ? BMA_IDENTITY_PROVIDER (g_object_ref (dummy))
                               : bma_identity_local_new ();
  BmaBrokerParts parts = { .entropy = entropy, .provider = provider };

  self->clock = bma_clock_dummy_new ();
  self->store = bma_store_memory_new ();
  self->keyring = bma_keyring_dummy_new ();
  bma_keyring_dummy_set_state (self->keyring, state);
  self->config = bma_config_new ();
  self->provider = dummy;
  if (dummy != NULL)
    {
      g_free (self->config->provider);
      self->config->provider = g_strdup (BMA_PROVIDER_STYTCH);
    }
  if (cors_origins != NULL)
    {
      g_strfreev (self->config->cors_origins);
      self->config->cors_origins = g_strdupv ((char **) cors_origins);
    }
  self->server = bma_http_server_new ();
  g_assert_true (bma_http_server_bind (self->server, "127.0.0.1", 0, NULL));
  bma_config_set_address (self->config, "127.0.0.1",
                          bma_http_server_get_port (self->server), NULL, NULL);
  start_upstream (self);
  parts.clock = BMA_CLOCK (self->clock);
  parts.store = BMA_STORE (self->store);
  parts.keyring = BMA_KEYRING (self->keyring);
  self->broker = bma_broker_new (self->config, &parts);
  bma_broker_start (self->broker);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_true (bma_http_server_start (self->server, self->broker, NULL));
  self->origin = g_strdup (self->config->issuer);
  self->client = soup_session_new_with_options ("max-conns", 64, "max-conns-per-host", 64,
                                                "proxy-resolver", NULL, NULL);
  return self;
}

HttpFixture *
http_fixture_new (const char *const *cors_origins)
{
  return fixture_new (cors_origins, BMA_KEYRING_STATE_READY, NULL);
}

HttpFixture *
http_fixture_new_locked (void)
{
  return fixture_new (NULL, BMA_KEYRING_STATE_LOCKED, NULL);
}

HttpFixture *
http_fixture_new_with_provider (void)
{
  return fixture_new (NULL, BMA_KEYRING_STATE_READY, bma_identity_dummy_new ());
}

void
http_fixture_free (HttpFixture *self)
{
  soup_session_abort (self->client);
  g_clear_object (&self->client);
  g_clear_object (&self->server);
  g_clear_object (&self->upstream_front);
  soup_server_disconnect (self->upstream);
  g_clear_object (&self->upstream);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (bma_metrics_get (bma_broker_get_metrics (self->broker),
                                     BMA_METRIC_EXCHANGES, NULL, NULL),
                    ==, 0);
  g_clear_object (&self->broker);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&self->clock);
  g_clear_object (&self->store);
  g_clear_object (&self->keyring);
  g_clear_object (&self->provider);
  bma_config_unref (self->config);
  g_free (self->upstream_seen);
  g_free (self->origin);
  g_free (self);
}

void
http_answer_free (HttpAnswer *self)
{
  g_free (self->body);
  g_object_unref (self->message);
  g_free (self);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HttpAnswer *answer = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes)
      bytes = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);

  g_assert_no_error (error);
  answer->body = g_bytes_get_size (bytes) > 0 ? g_strndup (g_bytes_get_data (bytes, NULL),
                                                           g_bytes_get_size (bytes))
                                              : g_strdup ("");
  answer->status = soup_message_get_status (answer->message);
}

HttpAnswer *
http_call (HttpFixture *self,
           const char *method,
           const char *path,
           const char *content_type,
           const char *body,
           ...)
{
  HttpAnswer *answer = g_new0 (HttpAnswer, 1);
  g_autofree char *uri = g_strconcat (self->origin, path, NULL);
  const char *name = NULL;
  va_list args;

  answer->message = soup_message_new (method, uri);
  g_assert_nonnull (answer->message);
  soup_message_add_flags (answer->message, SOUP_MESSAGE_NO_REDIRECT);
  if (body != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

      soup_message_set_request_body_from_bytes (answer->message, content_type, bytes);
    }
  va_start (args, body);
  while ((name = va_arg (args, const char *)) != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (answer->message),
                                  name, va_arg (args, const char *));
  va_end (args);
  soup_session_send_and_read_async (self->client, answer->message, G_PRIORITY_DEFAULT,
                                    NULL, on_answered, answer);
  while (answer->body == NULL)
    g_main_context_iteration (NULL, TRUE);
  return answer;
}

void
http_keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

const char *
http_answer_header (HttpAnswer *self, const char *name)
{
  return soup_message_headers_get_list (soup_message_get_response_headers (self->message),
                                        name);
}

char *
http_answer_member (HttpAnswer *self, const char *name)
{
  const BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  g_autoptr (JsonObject)
      object = bma_json_parse_object (self->body, strlen (self->body), &limits, NULL);

  return object != NULL ? g_strdup (bma_json_get_string (object, name)) : NULL;
}

char *
http_answer_location_parameter (HttpAnswer *self, const char *name)
{
  const char *location = http_answer_header (self, "Location");
  const char *query = location != NULL ? strchr (location, '?') : NULL;
  g_autoptr (BmaForm)
      form = query != NULL ? bma_form_parse (query + 1, strlen (query + 1)) : NULL;

  return form != NULL ? g_strdup (bma_form_get (form, name)) : NULL;
}

char *
http_register (HttpFixture *self)
{
  g_autoptr (HttpAnswer) answer =
      http_call (self, "POST", "/register", "application/json",
                 "{\"client_name\":\"Test client\",\"redirect_uris\":"
                 "[\"http://127.0.0.1:1234/callback\"],\"token_endpoint_auth_method\":"
                 "\"none\"}",
                 NULL);

  g_assert_cmpuint (answer->status, ==, 201);
  return http_answer_member (answer, "client_id");
}

char *
http_authorize_query (HttpFixture *self, const char *client_id, const char *more)
{
  g_autofree char *redirect = g_uri_escape_string (REDIRECT, NULL, FALSE);

  return g_strdup_printf ("/authorize?response_type=code&client_id=%s&redirect_uri=%s"
                          "&code_challenge=" CHALLENGE "&code_challenge_method=S256"
                          "&state=st%%20ate%s",
                          client_id, redirect, more);
}

char *
http_read_field (const char *html, const char *name)
{
  g_autofree char *mark = g_strdup_printf ("name=\"%s\" value=\"", name);
  const char *start = strstr (html, mark);
  const char *end = NULL;
  g_autofree char *escaped = NULL;
  char **parts = NULL;
  char *text = NULL;

  g_assert_nonnull (start);
  start += strlen (mark);
  end = strchr (start, '"');
  escaped = g_strndup (start, (size_t) (end - start));
  parts = g_strsplit (escaped, "&amp;", -1);
  text = g_strjoinv ("&", parts);
  g_strfreev (parts);
  return text;
}

char *
http_read_consent (HttpAnswer *page, const char *choice, char **cookie)
{
  static const char *const names[] = { "request", "tx", "until", "seal" };
  const char *set = http_answer_header (page, "Set-Cookie");
  GString *body = g_string_new (NULL);

  g_assert_cmpuint (page->status, ==, 200);
  g_assert_nonnull (set);
  *cookie = g_strndup (set, strcspn (set, ";"));
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *value = http_read_field (page->body, names[i]);

      bma_form_append_pair (body, names[i], value);
    }
  bma_form_append_pair (body, "choice", choice);
  return g_string_free (body, FALSE);
}

HttpAnswer *
http_press_allow (HttpFixture *self, const char *client_id)
{
  g_autofree char *query = http_authorize_query (self, client_id, "&prompt=login");
  g_autoptr (HttpAnswer) page = http_call (self, "GET", query, NULL, NULL, NULL);
  g_autofree char *cookie = NULL;
  g_autofree char *form = http_read_consent (page, "allow", &cookie);

  return http_call (self, "POST", "/consent", FORM, form, "Origin", self->origin,
                    "Cookie", cookie, NULL);
}

char *
http_get_login_cookie (HttpAnswer *answer)
{
  const char *all = http_answer_header (answer, "Set-Cookie");
  const char *start = strstr (all, "__Host-bma-login-");

  g_assert_nonnull (start);
  return g_strndup (start, strcspn (start, ";"));
}

char *
http_get_code (HttpFixture *self, const char *client_id)
{
  g_autofree char *query = http_authorize_query (self, client_id, "");

  return http_get_code_for (self, query);
}

char *
http_get_code_for (HttpFixture *self, const char *query)
{
  g_autoptr (HttpAnswer) page = http_call (self, "GET", query, NULL, NULL, NULL);
  g_autoptr (HttpAnswer) answer = NULL;
  g_autofree char *cookie = NULL;
  g_autofree char *form = NULL;

  if (page->status == 303)
    return http_answer_location_parameter (page, "code");
  form = http_read_consent (page, "allow", &cookie);
  answer = http_call (self, "POST", "/consent", FORM, form, "Origin", self->origin,
                      "Cookie", cookie, NULL);
  g_assert_cmpuint (answer->status, ==, 303);
  return http_answer_location_parameter (answer, "code");
}

HttpAnswer *
http_redeem (HttpFixture *self, const char *client_id, const char *code)
{
  g_autofree char *body = g_strdup_printf (
      "grant_type=authorization_code&client_id=%s&code=%s&code_verifier=" VERIFIER
      "&redirect_uri=http%%3A%%2F%%2F127.0.0.1%%3A7777%%2Fcallback",
      client_id, code);

  return http_call (self, "POST", "/token", FORM, body, NULL);
}

HttpAnswer *
http_refresh (HttpFixture *self, const char *client_id, const char *token)
{
  g_autofree char *body =
      g_strdup_printf ("grant_type=refresh_token&client_id=%s&refresh_token=%s",
                       client_id, token);

  return http_call (self, "POST", "/token", FORM, body, NULL);
}
