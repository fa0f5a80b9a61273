/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-dbus-request.h"

G_BEGIN_DECLS

/**
 * BmaDbusRequests:
 *
 * The requests of all callers, at /org/biomcp/Auth/request/SENDER/TOKEN. Each caller sees
 * its own; they end when it leaves the bus.
 */
#define BMA_TYPE_DBUS_REQUESTS (bma_dbus_requests_get_type ())
G_DECLARE_FINAL_TYPE (BmaDbusRequests, bma_dbus_requests, BMA, DBUS_REQUESTS, GObject)

BmaDbusRequests *bma_dbus_requests_new (const BmaDbusParts *parts,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaDbusRequest *bma_dbus_requests_add (BmaDbusRequests *self,
                                       BmaPeer *peer,
                                       gboolean is_sign_in,
                                       BmaDbusOptions *options,
                                       GError **error);

G_END_DECLS
