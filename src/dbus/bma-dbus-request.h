/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker.h"
#include "bma-dbus-options.h"
#include "bma-dbus-parts.h"

G_BEGIN_DECLS

/**
 * BmaDbusRequest:
 *
 * Something a caller has asked for that the person may have to answer. Its signals
 * Progress and Response go to the caller alone.
 *
 * Signals: `ended` () once, when it is answered, closed, too old or abandoned.
 */
#define BMA_TYPE_DBUS_REQUEST (bma_dbus_request_get_type ())
G_DECLARE_FINAL_TYPE (BmaDbusRequest, bma_dbus_request, BMA, DBUS_REQUEST, GObject)

BmaDbusRequest *bma_dbus_request_new (const BmaDbusParts *parts,
                                      BmaPeer *peer,
                                      gboolean is_sign_in,
                                      BmaDbusOptions *options,
                                      const char *path) G_GNUC_WARN_UNUSED_RESULT;
void bma_dbus_request_start (BmaDbusRequest *self);
void bma_dbus_request_close (BmaDbusRequest *self);
void bma_dbus_request_await (BmaDbusRequest *self, GDBusMethodInvocation *invocation);

const char *bma_dbus_request_get_path (BmaDbusRequest *self);
const char *bma_dbus_request_get_sender (BmaDbusRequest *self);

G_END_DECLS
