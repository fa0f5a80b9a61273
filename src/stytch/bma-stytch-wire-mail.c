/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-stytch-wire.h"

#include <string.h>

#include "bma-json.h"
#include "bma-text.h"

/* What Stytch allows, in minutes. */
#define MIN_OTP_MINUTES  1
#define MAX_OTP_MINUTES  10
#define MIN_LINK_MINUTES 5
#define MAX_LINK_MINUTES 10080

static GBytes *
to_bytes (JsonObject *object)
{
  char *text = bma_json_to_text (object);

  return g_bytes_new_take (text, strlen (text));
}

/**
 * bma_stytch_wire_make_otp_send:
 * @email: from bma_email_normalize()
 * @lifetime_s: how long we wait for the person, in seconds
 *
 * Returns: (transfer full): body of `POST /v1/otps/email/login_or_create`
 */
GBytes *
bma_stytch_wire_make_otp_send (const char *email, int64_t lifetime_s)
{
  g_autoptr (JsonObject) object = json_object_new ();

  bma_json_set_string (object, "email", email);
  json_object_set_int_member (object, "expiration_minutes",
                              CLAMP (lifetime_s / 60, MIN_OTP_MINUTES, MAX_OTP_MINUTES));
  return to_bytes (object);
}

/**
 * bma_stytch_wire_make_link_send:
 * @email: from bma_email_normalize()
 * @callback_uri: from bma_stytch_wire_make_callback_uri()
 * @code_challenge: S256 (RFC 7636): whoever reads the mail cannot use the link without
 *   our browser's cookie
 * @lifetime_s: how long we wait for the person, in seconds
 *
 * Returns: (transfer full): body of `POST /v1/magic_links/email/login_or_create`
 */
GBytes *
bma_stytch_wire_make_link_send (const char *email,
                                const char *callback_uri,
                                const char *code_challenge,
                                int64_t lifetime_s)
{
  g_autoptr (JsonObject) object = json_object_new ();
  int64_t minutes = CLAMP (lifetime_s / 60, MIN_LINK_MINUTES, MAX_LINK_MINUTES);

  bma_json_set_string (object, "email", email);
  bma_json_set_string (object, "login_magic_link_url", callback_uri);
  bma_json_set_string (object, "signup_magic_link_url", callback_uri);
  bma_json_set_string (object, "code_challenge", code_challenge);
  json_object_set_int_member (object, "login_expiration_minutes", minutes);
  json_object_set_int_member (object, "signup_expiration_minutes", minutes);
  return to_bytes (object);
}

/**
 * bma_stytch_wire_make_otp_verify:
 * @method_id: from bma_stytch_wire_read_sent()
 * @code: digits
 *
 * Returns: (transfer full): body of `POST /v1/otps/authenticate`, wiped when the last
 *   reference goes
 */
GBytes *
bma_stytch_wire_make_otp_verify (const char *method_id, const BmaSecret *code)
{
  BmaSecret *text = NULL;

  g_return_val_if_fail (bma_text_is_nqschar (method_id), NULL);
  g_return_val_if_fail (bma_text_is_nqschar (bma_secret_peek (code)), NULL);

  text =
      bma_secret_new_take (g_strconcat ("{\"method_id\":\"", method_id, "\",\"code\":\"",
                                        bma_secret_peek (code), "\"}", NULL));
  return g_bytes_new_with_free_func (bma_secret_peek (text), bma_secret_get_size (text),
                                     (GDestroyNotify) bma_secret_unref, text);
}
