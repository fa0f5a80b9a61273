/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-browser-step.h"
#include "bma-http-exchange.h"

G_BEGIN_DECLS

void bma_http_pages_reply (BmaHttpExchange *exchange,
                           unsigned int status,
                           const char *title,
                           GString *body);
void bma_http_pages_reply_sign_in (BmaHttpExchange *exchange, const BmaSignInPage *page);
void bma_http_pages_reply_message (BmaHttpExchange *exchange,
                                   unsigned int status,
                                   const char *title,
                                   const char *message);
void bma_http_pages_reply_question (BmaHttpExchange *exchange,
                                    const BmaQuestion *question);
void bma_http_pages_reply_prompt (BmaHttpExchange *exchange, const BmaQuestion *question);
void bma_http_pages_append_ticket (GString *body, const BmaQuestion *question);
void bma_http_pages_reply_device (BmaHttpExchange *exchange,
                                  unsigned int status,
                                  const BmaDevicePage *page);
void bma_http_pages_reply_home (BmaHttpExchange *exchange);
void bma_http_pages_reply_stylesheet (BmaHttpExchange *exchange);

G_END_DECLS
