/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-device.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bma-broker-login-private.h"
#include "bma-device-grant.h"
#include "bma-log.h"
#include "bma-text.h"
#include "bma-user-code.h"

/* Wrong codes: so many at once, and one more every so many seconds. With eight letters of
 * twenty, 600 seconds of guessing meet one of a hundred waiting devices once in 10^6
 * attacks. */
#define MAX_TRIES  20
#define TRY_EACH_S 3

/**
 * bma_broker_find_device:
 * @self: a broker
 * @user_code: eight letters
 *
 * Returns: (transfer none) (nullable): the device that waits with that code
 */
const BmaDevice *
bma_broker_find_device (BmaBroker *self, const char *user_code)
{
  g_autofree char *hash = bma_text_sha256_hex (user_code);
  g_autoptr (GPtrArray) devices = bma_store_list (self->store, &bma_device_type);

  for (unsigned int i = 0; i < devices->len; i++)
    {
      const BmaDevice *device = g_ptr_array_index (devices, i);

      if (bma_device_grant_is_waiting (device, bma_broker_now_s (self)) &&
          bma_text_equal_const_time (device->user_code_hash, hash, strlen (hash)))
        return bma_store_lookup (self->store, &bma_device_type, device->record.id);
    }
  return NULL;
}

static gboolean
may_try (BmaBroker *self, BmaDeviceTries *tries)
{
  int64_t now_s = bma_broker_now_s (self);
  int64_t n_back = (now_s - tries->at_s) / TRY_EACH_S;

  if (n_back > 0)
    {
      tries->n -= (unsigned int) MIN (n_back, tries->n);
      tries->at_s = now_s;
    }
  return tries->n < MAX_TRIES;
}

/* What a person typed, if a device waits with it. Others do not use up the tries of the
 * person at this desktop. */
static const BmaDevice *
look_up (BmaBroker *self,
         const char *text,
         gboolean is_owner,
         char **code,
         BmaDeviceNotice *notice)
{
  BmaDeviceTries *tries = is_owner ? &self->own_device_tries : &self->device_tries;
  const BmaDevice *device = NULL;

  *code = bma_user_code_parse (text);
  *notice = BMA_DEVICE_NOTICE_MALFORMED;
  if (*code == NULL)
    return NULL;
  *notice = BMA_DEVICE_NOTICE_TOO_MANY;
  if (!may_try (self, tries))
    return NULL;
  device = bma_broker_find_device (self, *code);
  *notice = device != NULL ? BMA_DEVICE_NOTICE_NONE : BMA_DEVICE_NOTICE_UNKNOWN;
  if (device == NULL)
    tries->n++;
  return device;
}

static BmaBrowserStep *
make_page (BmaBroker *self, const char *code, BmaDeviceNotice notice, gboolean is_link)
{
  static const unsigned int statuses[] = {
    [BMA_DEVICE_NOTICE_NONE] = 200,
    [BMA_DEVICE_NOTICE_MALFORMED] = 400,
    [BMA_DEVICE_NOTICE_UNKNOWN] = 400,
    [BMA_DEVICE_NOTICE_TOO_MANY] = 429,
  };
  BmaDevicePage *page = g_new0 (BmaDevicePage, 1);

  page->notice = notice;
  page->user_code = code != NULL ? bma_user_code_format (code) : NULL;
  if (is_link)
    page->uri =
        g_strdup_printf ("%s/device?user_code=%s", self->config->issuer, page->user_code);
  return bma_browser_step_new_device (statuses[notice], page);
}

/**
 * bma_broker_device_show:
 * @self: a broker
 * @query: the query as it came
 *
 * Where a person types the code of a device (RFC 8628 section 3.3). A code in the query
 * is only typed already: it still takes a press of a button, and nothing is looked up
 * before, so that any web page can link here and learns and changes nothing by it.
 *
 * Returns: (transfer full): the page
 */
BmaBrowserStep *
bma_broker_device_show (BmaBroker *self, const char *query)
{
  g_autoptr (BmaForm) form = bma_form_parse (query, strlen (query));
  const char *text = form != NULL ? bma_form_get (form, "user_code") : NULL;
  g_autofree char *code = NULL;
  BmaDeviceNotice notice = BMA_DEVICE_NOTICE_NONE;

  if (text != NULL)
    {
      code = bma_user_code_parse (text);
      notice = code != NULL ? BMA_DEVICE_NOTICE_NONE : BMA_DEVICE_NOTICE_MALFORMED;
    }
  return make_page (self, code, notice, code != NULL);
}

static BmaBrowserStep *
ask (BmaBroker *self, const BmaDevice *device, const char *code, gboolean is_owner)
{
  const BmaClient *client = bma_broker_lookup_client (self, device->client_id);
  BmaQuestion *question = NULL;

  if (client == NULL)
    return bma_broker_make_client_error_step (
        (BmaOauthError){ BMA_OAUTH_INVALID_CLIENT, "the client was removed meanwhile" });
  question = bma_broker_make_client_question (client);
  question->user_code = bma_user_code_format (code);
  question->scopes = g_strdupv (device->scopes);
  question->request = g_strconcat (BMA_DEVICE_PREFIX, code, NULL);
  return bma_broker_ask (self, question, is_owner);
}

/**
 * bma_broker_device_look_up:
 * @self: a broker
 * @form: the form of the page
 * @browser: which browser
 *
 * The person typed a code.
 *
 * Returns: (transfer full): the question whether to allow that device
 */
BmaBrowserStep *
bma_broker_device_look_up (BmaBroker *self,
                           const BmaForm *form,
                           const BmaBrowser *browser)
{
  g_autofree char *code = NULL;
  BmaDeviceNotice notice = BMA_DEVICE_NOTICE_NONE;
  const BmaDevice *device = NULL;

  if (!browser->is_owner && bma_broker_is_desktop_only (self))
    return bma_broker_make_elsewhere_step ();
  if (bma_form_find_repeated (form, NULL) != NULL)
    return make_page (self, NULL, BMA_DEVICE_NOTICE_MALFORMED, FALSE);
  device =
      look_up (self, bma_form_get (form, "user_code"), browser->is_owner, &code, &notice);
  if (device == NULL)
    return make_page (self, code, notice, FALSE);
  if (bma_key_manager_get_keys (self->keys) == NULL)
    return bma_broker_make_unavailable_step (self);
  return ask (self, device, code, browser->is_owner);
}

static gboolean
is_waiting (BmaBroker *self, const BmaDevice *device)
{
  return device != NULL && bma_device_grant_is_waiting (device, bma_broker_now_s (self));
}

static BmaBrowserStep *
make_gone_step (void)
{
  return bma_browser_step_new_error (
      400, (BmaOauthError){ BMA_OAUTH_EXPIRED_TOKEN, "the device waits no longer" },
      _ ("The device does not wait any more"),
      _ ("Its code is too old or was used already. Start again on the device."));
}

/**
 * bma_broker_deny_device:
 * @self: a broker
 * @change: where the put goes
 * @device: (nullable): a device that waits
 *
 * Returns: (transfer full): what the person sees once @change is durable
 */
BmaBrowserStep *
bma_broker_deny_device (BmaBroker *self, BmaChange *change, const BmaDevice *device)
{
  if (!is_waiting (self, device))
    return make_gone_step ();
  bma_device_grant_deny (change, device);
  bma_log_info ("login", "device of client %s: denied", device->client_id);
  return bma_browser_step_new_done (_ ("Not allowed"),
                                    _ ("The device was told no. You can close this "
                                       "page."));
}

/**
 * bma_broker_allow_device:
 * @self: a broker
 * @change: where the puts go
 * @device: (nullable): a device that waits
 * @subject: who allows it
 *
 * Returns: (transfer full): what the person sees once @change is durable
 */
BmaBrowserStep *
bma_broker_allow_device (BmaBroker *self,
                         BmaChange *change,
                         const BmaDevice *device,
                         const BmaSubject *subject)
{
  const BmaGrant *grant = NULL;

  if (!is_waiting (self, device) ||
      bma_broker_lookup_client (self, device->client_id) == NULL)
    return make_gone_step ();
  grant = bma_broker_lookup_client_grant (self, device->client_id, subject->record.id);
  bma_device_grant_approve (change, device, subject, grant, self->config,
                            bma_broker_now_s (self));
  bma_log_info ("login", "device of client %s: allowed", device->client_id);
  return bma_browser_step_new_done (_ ("Allowed"),
                                    _ ("The device goes on by itself within a few "
                                       "seconds. You can close this page."));
}
