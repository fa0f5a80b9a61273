/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-device-grant.h"

#include <string.h>

#include "bma-client-metadata.h"
#include "bma-text.h"
#include "bma-user-code.h"

#define NOW_S 1000000

static void
test_user_code (void)
{
  static const struct
  {
    const char *text;
    const char *code; /* NULL: refused */
  } cases[] = {
    { "BCDF-GHJK", "BCDFGHJK" },
    { "bcdfghjk", "BCDFGHJK" },
    { " b-c d-f--ghj K ", "BCDFGHJK" },
    { "BCDF-GHJ", NULL },
    { "BCDF-GHJKL", NULL },
    { "BCDF-GHJA", NULL },
    { "BCDF-GHJ1", NULL },
    { "BCDF_GHJK", NULL },
    { "BCDF-GHJ\xc3\x84", NULL },
    { "", NULL },
    { NULL, NULL },
  };
  uint8_t bytes[256];
  unsigned int counts[256] = { 0 };
  g_autofree char *shown = bma_user_code_format ("BCDFGHJK");
  g_autofree char *padded = g_strnfill (100, '-');

  g_assert_cmpstr (shown, ==, "BCDF-GHJK");
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *code = bma_user_code_parse (cases[i].text);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpstr (code, ==, cases[i].code);
    }
  g_assert_null (bma_user_code_parse (padded));

  /* Each letter is as likely as any other. */
  for (unsigned int i = 0; i < 256; i++)
    {
      g_autofree char *code = NULL;

      memset (bytes, (int) i, sizeof bytes);
      code = bma_user_code_make (bytes, sizeof bytes);
      g_assert_true ((code == NULL) == (i >= 240));
      if (code != NULL)
        counts[(unsigned char) code[0]]++;
    }
  for (const char *letter = "BCDFGHJKLMNPQRSTVWXZ"; *letter != '\0'; letter++)
    g_assert_cmpuint (counts[(unsigned char) *letter], ==, 12);
  g_assert_null (bma_user_code_make (bytes, 7));
}

static BmaClient *
make_client (void)
{
  BmaClient *client = bma_client_new ("c1");

  client->grant_types = g_strsplit (BMA_GRANT_TYPE_NAME_DEVICE " refresh_token", " ", -1);
  return client;
}

static BmaDevice *
begin (const BmaConfig *config, const char *body, BmaOauthError *error)
{
  g_autoptr (BmaClient) client = make_client ();
  g_autoptr (BmaForm) form = bma_form_parse (body, strlen (body));

  return bma_device_grant_begin (form, client, config,
                                 &(BmaDeviceTicket){ "device code", "BCDFGHJK" }, NOW_S,
                                 error);
}

static void
test_begin (void)
{
  g_autoptr (BmaConfig) config = bma_config_new ();
  g_autoptr (BmaForm) empty = bma_form_parse ("", 0);
  g_autoptr (BmaClient) other = bma_client_new ("c2");
  g_autoptr (BmaDevice) device = NULL;
  g_autofree char *id = bma_text_sha256_hex ("device code");
  g_autofree char *hash = bma_text_sha256_hex ("BCDFGHJK");
  BmaOauthError error;

  bma_config_set_address (config, "127.0.0.1", 8417, NULL, NULL);
  device = begin (config, "client_id=c1&scope=mcp%20email", &error);
  g_assert_nonnull (device);
  g_assert_cmpstr (device->record.id, ==, id);
  g_assert_cmpstr (device->user_code_hash, ==, hash);
  g_assert_cmpstr (device->state, ==, BMA_DEVICE_PENDING);
  g_assert_cmpstr (device->resource, ==, config->resources[0]);
  g_assert_cmpint (device->expires_at_s, ==, NOW_S + 600);
  g_assert_cmpint (device->interval_s, ==, 5);
  g_assert_null (begin (config, "client_id=c1&scope=root", &error));
  g_assert_cmpint (error.code, ==, BMA_OAUTH_INVALID_SCOPE);
  g_assert_null (begin (config, "client_id=c1&resource=nonsense", &error));
  g_assert_cmpint (error.code, ==, BMA_OAUTH_INVALID_TARGET);
  g_assert_null (bma_device_grant_begin (empty, other, config,
                                         &(BmaDeviceTicket){ "d", "BCDFGHJK" }, NOW_S,
                                         &error));
  g_assert_cmpint (error.code, ==, BMA_OAUTH_UNAUTHORIZED_CLIENT);
}

/* What the device is told, and the change applied to it. */
static BmaOauthErrorCode
poll (const BmaConfig *config, BmaDevice **device, const BmaGrant *grant, int64_t now_s)
{
  static const char body[] = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3A"
                             "device_code&device_code=device%20code";
  g_autoptr (BmaForm) form = bma_form_parse (body, strlen (body));
  g_autoptr (BmaClient) client = make_client ();
  g_autoptr (BmaChange) change = bma_change_new ();
  g_autoptr (BmaTokenDecision) decision = NULL;
  BmaTokenFacts facts = { .client = client, .device = *device, .grant = grant };
  BmaTokenRequest request;

  g_assert_cmpint (bma_token_request_parse (form, "c1", &request).code, ==, BMA_OAUTH_OK);
  decision = bma_token_grant_decide (&request, &facts, config,
                                     &(BmaTokenTicket){ "03", NULL, "ff" }, now_s,
                                     change);
  for (unsigned int i = 0; i < bma_change_get_n_ops (change); i++)
    {
      const BmaChangeOp *op = bma_change_get_op (change, i);

      if (op->type != &bma_device_type)
        continue;
      bma_record_unref (*device);
      *device = bma_record_ref (op->record);
    }
  return decision->error.code;
}

static void
test_poll (void)
{
  static const struct
  {
    int64_t at_s;
    BmaOauthErrorCode code;
    int64_t interval_s;
  } cases[] = {
    { 0, BMA_OAUTH_AUTHORIZATION_PENDING, 5 },
    { 5, BMA_OAUTH_AUTHORIZATION_PENDING, 5 },
    { 9, BMA_OAUTH_SLOW_DOWN, 10 },
    { 18, BMA_OAUTH_SLOW_DOWN, 15 },
    { 33, BMA_OAUTH_AUTHORIZATION_PENDING, 15 },
    { 47, BMA_OAUTH_SLOW_DOWN, 20 },
    { 67, BMA_OAUTH_AUTHORIZATION_PENDING, 20 },
    { 600, BMA_OAUTH_EXPIRED_TOKEN, 20 },
  };
  g_autoptr (BmaConfig) config = bma_config_new ();
  g_autoptr (BmaDevice) device = NULL;
  BmaOauthError error;

  bma_config_set_address (config, "127.0.0.1", 8417, NULL, NULL);
  device = begin (config, "client_id=c1", &error);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("after %d s", (int) cases[i].at_s);
      g_assert_cmpint (poll (config, &device, NULL, NOW_S + cases[i].at_s), ==,
                       cases[i].code);
      g_assert_cmpint (device->interval_s, ==, cases[i].interval_s);
    }
}

static void
test_approved (void)
{
  g_autoptr (BmaConfig) config = bma_config_new ();
  g_autoptr (BmaSubject) subject = bma_record_new (&bma_subject_type, "aa");
  g_autoptr (BmaChange) change = bma_change_new ();
  g_autoptr (BmaDevice) device = NULL;
  g_autoptr (BmaGrant) grant = NULL;
  BmaOauthError error;

  bma_config_set_address (config, "127.0.0.1", 8417, NULL, NULL);
  device = begin (config, "client_id=c1", &error);
  g_assert_true (bma_device_grant_is_waiting (device, NOW_S + 599));
  g_assert_false (bma_device_grant_is_waiting (device, NOW_S + 600));
  bma_device_grant_approve (change, device, subject, NULL, config, NOW_S);
  g_assert_cmpuint (bma_change_get_n_ops (change), ==, 2);
  bma_record_unref (device);
  device = bma_record_ref (bma_change_get_op (change, 0)->record);
  grant = bma_record_ref (bma_change_get_op (change, 1)->record);
  g_assert_cmpstr (grant->client_id, ==, "c1");
  g_assert_cmpstr (device->grant_id, ==, grant->record.id);
  g_assert_false (bma_device_grant_is_waiting (device, NOW_S));
  g_assert_cmpint (poll (config, &device, NULL, NOW_S), ==, BMA_OAUTH_INVALID_GRANT);
  g_assert_cmpint (poll (config, &device, grant, NOW_S), ==, BMA_OAUTH_OK);
  g_assert_cmpstr (device->state, ==, BMA_DEVICE_REDEEMED);
  g_assert_cmpstr (device->family_id, ==, "ff");
  g_assert_cmpint (poll (config, &device, grant, NOW_S), ==, BMA_OAUTH_INVALID_GRANT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oauth/user-code/letters-and-nothing-else", test_user_code);
  g_test_add_func ("/oauth/device-grant/begins-for-those-who-registered", test_begin);
  g_test_add_func ("/oauth/device-grant/slows-down-who-asks-too-soon", test_poll);
  g_test_add_func ("/oauth/device-grant/is-redeemed-once", test_approved);
  return g_test_run ();
}
