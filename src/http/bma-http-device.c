/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bma-broker-device.h"
#include "bma-html.h"
#include "bma-http-body.h"
#include "bma-http-pages.h"
#include "bma-http-qr.h"
#include "bma-http-routes.h"

/* Modules of white around a QR code, without which scanners do not find it. */
#define QUIET_MODULES 4

static const char *
describe_notice (BmaDeviceNotice notice)
{
  switch (notice)
    {
    case BMA_DEVICE_NOTICE_MALFORMED:
      return _ (
          "A code has eight letters, such as BCDF-GHJK. Look at your device again.");
    case BMA_DEVICE_NOTICE_UNKNOWN:
      return _ ("No device waits with this code. Codes are good for ten minutes: look at "
                "your device again, or start again there.");
    case BMA_DEVICE_NOTICE_TOO_MANY:
      return _ (
          "Too many wrong codes were tried just now. Wait a minute, then try again.");
    case BMA_DEVICE_NOTICE_NONE:
    default:
      return NULL;
    }
}

/* Without TLS we are at home on this computer only. */
static const char *
describe_reach (const char *uri)
{
  return g_str_has_prefix (uri, "https://")
             ? _ ("Or go on with another device, such as your phone:")
             : _ ("The same page as a QR code. Only this computer can open it.");
}

/* Black on white whatever the colours of the page are. */
static void
append_qr (GString *body, const char *uri)
{
  unsigned int n_modules = 0;
  g_autofree char *path = bma_http_qr_make_path (uri, &n_modules);
  g_autofree char *side = NULL;
  g_autofree char *offset = NULL;
  g_autofree char *box = NULL;

  if (path == NULL)
    return;
  side = g_strdup_printf ("%u", n_modules + 2 * QUIET_MODULES);
  offset = g_strdup_printf ("-%d", QUIET_MODULES);
  box = g_strdup_printf ("%s %s %s %s", offset, offset, side, side);
  bma_html_append (
      body,
      "<p>%s</p>\n<svg id=\"qr\" class=\"qr\" role=\"img\" aria-label=\"%s\" "
      "viewBox=\"%s\" shape-rendering=\"crispEdges\"><rect x=\"%s\" "
      "y=\"%s\" width=\"%s\" height=\"%s\" fill=\"#fff\"/>"
      "<path fill=\"#000\" d=\"%s\"/></svg>\n",
      describe_reach (uri), _ ("QR code with the address of this page"), box, offset,
      offset, side, side, path);
}

/**
 * bma_http_pages_reply_device:
 * @exchange: a request
 * @status: HTTP status
 * @page: what to show
 *
 * Answers with the page where the code of a device is typed.
 */
void
bma_http_pages_reply_device (BmaHttpExchange *exchange,
                             unsigned int status,
                             const BmaDevicePage *page)
{
  GString *body = g_string_new (NULL);
  const char *notice = describe_notice (page->notice);

  if (notice != NULL)
    bma_html_append (body, "<p class=\"warn\" id=\"notice\" role=\"alert\">%s</p>\n",
                     notice);
  bma_html_append (
      body,
      "<p>%s</p>\n<form method=\"post\" action=\"/device\">\n"
      "<label for=\"user-code\">%s</label>\n"
      "<input id=\"user-code\" name=\"user_code\" type=\"text\" value=\"%s\" "
      "autocomplete=\"off\" autocapitalize=\"characters\" "
      "spellcheck=\"false\" maxlength=\"32\" required>\n"
      "<p class=\"warn\" id=\"device-warning\">%s</p>\n"
      "<div class=\"buttons\"><button id=\"continue\" class=\"primary\">%s"
      "</button></div>\n</form>\n",
      _ ("A device or program without a browser shows a code and waits."),
      _ ("The code that your device shows"),
      page->user_code != NULL ? page->user_code : "",
      _ ("Use a code only if you started this yourself, on a device that "
         "is before you. Nobody who writes to you or calls you needs one."),
      _ ("Continue"));
  if (page->uri != NULL)
    append_qr (body, page->uri);
  if (status == 429)
    bma_http_exchange_set_header (exchange, "Retry-After", "60");
  bma_http_pages_reply (exchange, status, _ ("Connect a device"), body);
}

static void
on_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaHttpExchange) exchange = user_data;
  BmaOauthError error;
  g_autoptr (JsonObject)
      object = bma_broker_device_begin_finish (BMA_BROKER (source), result, &error);

  if (object == NULL)
    bma_http_token_reply_error (exchange, error);
  else
    bma_http_exchange_reply_json (exchange, 200, object);
}

/**
 * bma_http_device_handle_begin:
 * @exchange: a request
 *
 * `POST /device_authorization` (RFC 8628 section 3.1).
 */
void
bma_http_device_handle_begin (BmaHttpExchange *exchange)
{
  g_autoptr (BmaForm) form = bma_http_exchange_read_form (exchange);

  if (form == NULL)
    return;
  bma_http_exchange_pause (exchange);
  bma_broker_device_begin_async (bma_http_exchange_get_broker (exchange), form,
                                 bma_http_exchange_get_header (exchange, "Authorization"),
                                 bma_http_exchange_get_correlation_id (exchange), NULL,
                                 on_begun, bma_http_exchange_ref (exchange));
}

static void
look_up (BmaHttpExchange *exchange)
{
  g_autoptr (BmaForm) form = bma_http_authorize_read_own_form (exchange);
  g_autoptr (BmaBrowserStep) step = NULL;

  if (form == NULL)
    return;
  step =
      bma_broker_device_look_up (bma_http_exchange_get_broker (exchange), form,
                                 &(BmaBrowser){
                                     .is_owner = bma_http_exchange_is_owner (exchange) });
  bma_http_authorize_reply_step (exchange, step);
}

/**
 * bma_http_device_handle:
 * @exchange: a request
 *
 * `GET /device`: where the code of a device is typed; `POST /device`: it was typed (RFC
 * 8628 section 3.3).
 */
void
bma_http_device_handle (BmaHttpExchange *exchange)
{
  SoupServerMessage *message = bma_http_exchange_get_message (exchange);
  g_autoptr (BmaBrowserStep) step = NULL;

  if (g_str_equal (soup_server_message_get_method (message), "POST"))
    {
      look_up (exchange);
      return;
    }
  step = bma_broker_device_show (bma_http_exchange_get_broker (exchange),
                                 bma_http_exchange_get_query (exchange));
  bma_http_authorize_reply_step (exchange, step);
}
