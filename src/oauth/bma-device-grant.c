/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-device-grant.h"

#include <string.h>

#include "bma-authorize.h"
#include "bma-client-metadata.h"
#include "bma-text.h"

static void
set_state (BmaDevice *device, const char *state)
{
  g_free (device->state);
  device->state = g_strdup (state);
}

/**
 * bma_device_grant_begin:
 * @form: the request
 * @client: who asks, authenticated
 * @config: settings
 * @ticket: randomness
 * @now_s: time
 * @error: (out): why not, if not
 *
 * Decides a device authorization request (RFC 8628 section 3.1). Only the hashes of the
 * two codes are kept.
 *
 * Returns: (transfer full) (nullable): what to remember
 */
BmaDevice *
bma_device_grant_begin (const BmaForm *form,
                        const BmaClient *client,
                        const BmaConfig *config,
                        const BmaDeviceTicket *ticket,
                        int64_t now_s,
                        BmaOauthError *error)
{
  g_autoptr (BmaAuthorizeRequest) request = bma_authorize_request_parse (form);
  g_autofree char *id = bma_text_sha256_hex (ticket->device_code);
  BmaDevice *device = NULL;

  *error = (BmaOauthError){ BMA_OAUTH_UNAUTHORIZED_CLIENT,
                            "the client did not register for the device grant" };
  if (!bma_client_has_grant_type (client, BMA_GRANT_TYPE_NAME_DEVICE))
    return NULL;
  *error = bma_authorize_request_read_terms (request, form, config);
  if (error->code == BMA_OAUTH_OK)
    *error = bma_authorize_limit_scopes (request, form, client);
  if (error->code != BMA_OAUTH_OK)
    return NULL;
  device = bma_record_new (&bma_device_type, id);
  device->client_id = g_strdup (bma_client_get_id (client));
  device->user_code_hash = bma_text_sha256_hex (ticket->user_code);
  device->resource = g_strdup (request->resource);
  device->scopes = g_strdupv (request->scopes);
  device->state = g_strdup (BMA_DEVICE_PENDING);
  device->interval_s = BMA_DEVICE_INTERVAL_S;
  device->created_at_s = now_s;
  device->expires_at_s = now_s + BMA_DEVICE_LIFETIME_S;
  return device;
}

/**
 * bma_device_grant_is_waiting:
 * @device: a device
 * @now_s: time
 *
 * Returns: whether a person can still say something to it
 */
gboolean
bma_device_grant_is_waiting (const BmaDevice *device, int64_t now_s)
{
  return g_str_equal (device->state, BMA_DEVICE_PENDING) && device->expires_at_s > now_s;
}

/**
 * bma_device_grant_approve:
 * @change: where puts go
 * @device: a device that waits
 * @subject: who allowed it
 * @old_grant: (nullable): what they allowed that client before
 * @config: settings
 * @now_s: time
 *
 * Adds to @change what the person allowed. Where there is no redirect URI there is
 * nothing to compare later, so a browser of that client is asked about all the same.
 */
void
bma_device_grant_approve (BmaChange *change,
                          const BmaDevice *device,
                          const BmaSubject *subject,
                          const BmaGrant *old_grant,
                          const BmaConfig *config,
                          int64_t now_s)
{
  g_autofree char *grant_id = bma_grant_make_id (BMA_GRANT_KIND_HTTP_CLIENT,
                                                 device->client_id, subject->record.id,
                                                 config->resources[0]);
  BmaCodeTerms terms = { .client_id = device->client_id,
                         .resource = device->resource,
                         .scopes = (const char *const *) device->scopes };
  BmaDevice *approved = bma_record_copy (device);

  set_state (approved, BMA_DEVICE_APPROVED);
  approved->grant_id = g_strdup (grant_id);
  approved->signed_in_at_s = bma_authorize_get_sign_in_time (subject, config, now_s);
  bma_change_put_take (change, approved);
  bma_change_put_take (change, bma_authorize_extend_grant (old_grant, grant_id, &terms,
                                                           subject, config, now_s));
}

/**
 * bma_device_grant_deny:
 * @change: where the put goes
 * @device: a device that waits
 *
 * The person said no.
 */
void
bma_device_grant_deny (BmaChange *change, const BmaDevice *device)
{
  BmaDevice *denied = bma_record_copy (device);

  set_state (denied, BMA_DEVICE_DENIED);
  bma_change_put_take (change, denied);
}

/* RFC 8628 section 3.5: whoever asks too soon has to wait longer from then on. */
static BmaTokenDecision *
wait_longer (const BmaDevice *device, int64_t now_s, BmaChange *change)
{
  BmaDevice *polled = bma_record_copy (device);
  gboolean too_soon = device->polled_at_s != 0 &&
                      now_s - device->polled_at_s < device->interval_s;

  polled->polled_at_s = now_s;
  if (too_soon)
    polled->interval_s += BMA_DEVICE_SLOWER_S;
  bma_change_put_take (change, polled);
  if (too_soon)
    return bma_token_decision_new_refusal (BMA_OAUTH_SLOW_DOWN,
                                           "wait 5 seconds longer between two questions, "
                                           "from now on",
                                           "device asks too soon");
  return bma_token_decision_new_refusal (BMA_OAUTH_AUTHORIZATION_PENDING,
                                         "the person has not answered yet",
                                         "device waits");
}

/* Refusals of a device code; NULL when it may be redeemed. */
static BmaTokenDecision *
refuse_device (const BmaTokenRequest *request,
               const BmaTokenFacts *facts,
               const BmaConfig *config,
               int64_t now_s,
               BmaChange *change)
{
  const BmaDevice *device = facts->device;

  if (!bma_client_has_grant_type (facts->client, BMA_GRANT_TYPE_NAME_DEVICE))
    return bma_token_decision_new_refusal (BMA_OAUTH_UNAUTHORIZED_CLIENT,
                                           "the client did not register for the device "
                                           "grant",
                                           "device grant not allowed");
  if (device == NULL || strcmp (device->client_id, request->client_id) != 0)
    return bma_token_decision_new_refusal (BMA_OAUTH_INVALID_GRANT,
                                           "the device code is not valid",
                                           "unknown device code");
  if (g_str_equal (device->state, BMA_DEVICE_REDEEMED))
    return bma_token_decision_new_reuse (facts, device->family_id,
                                         "device code used twice", now_s, change);
  if (device->expires_at_s <= now_s)
    return bma_token_decision_new_refusal (BMA_OAUTH_EXPIRED_TOKEN,
                                           "the device code expired; start again",
                                           "expired device code");
  if (g_str_equal (device->state, BMA_DEVICE_DENIED))
    return bma_token_decision_new_refusal (BMA_OAUTH_ACCESS_DENIED,
                                           "the person did not allow it",
                                           "device denied");
  if (g_str_equal (device->state, BMA_DEVICE_PENDING))
    return wait_longer (device, now_s, change);
  if (facts->grant == NULL)
    return bma_token_decision_new_refusal (BMA_OAUTH_INVALID_GRANT,
                                           "what the person allowed was taken back",
                                           "grant revoked");
  if (!bma_token_request_matches_resource (request, config))
    return bma_token_decision_new_refusal (BMA_OAUTH_INVALID_TARGET,
                                           "resource is not the one authorized",
                                           "foreign resource");
  return NULL;
}

/**
 * bma_device_grant_decide:
 * @request: the request
 * @facts: what was looked up
 * @config: settings
 * @ticket: randomness
 * @now_s: time
 * @change: where puts go, also those of a refusal
 *
 * Decides what a device gets that asks with its code (RFC 8628 section 3.5).
 *
 * Returns: (transfer full): the decision
 */
BmaTokenDecision *
bma_device_grant_decide (const BmaTokenRequest *request,
                         const BmaTokenFacts *facts,
                         const BmaConfig *config,
                         const BmaTokenTicket *ticket,
                         int64_t now_s,
                         BmaChange *change)
{
  const BmaDevice *device = facts->device;
  BmaTokenDecision *self = refuse_device (request, facts, config, now_s, change);
  BmaDevice *redeemed = NULL;

  if (self != NULL)
    return self;
  self = g_new0 (BmaTokenDecision, 1);
  self->action = BMA_TOKEN_ISSUE;
  self->reason = "device code redeemed";
  self->family_id = g_strdup (ticket->family_id);
  self->resource = bma_token_request_pick_audience (request, config, device->resource);
  self->scopes = g_strdupv (device->scopes);
  self->signed_in_at_s = device->signed_in_at_s;
  redeemed = bma_record_copy (device);
  set_state (redeemed, BMA_DEVICE_REDEEMED);
  redeemed->family_id = g_strdup (ticket->family_id);
  bma_change_put_take (change, redeemed);
  bma_token_decision_found_family (self, facts, config, ticket, now_s, change);
  return self;
}
