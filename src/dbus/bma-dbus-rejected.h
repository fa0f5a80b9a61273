/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker.h"
#include "bma-dbus-call.h"

G_BEGIN_DECLS

void bma_dbus_rejected_report (BmaDbusCall *call, BmaBroker *broker);

G_END_DECLS
