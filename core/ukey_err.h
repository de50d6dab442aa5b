/*
 * userkeys: errors of the caller and its resources, never of the message.
 * SPDX-License-Identifier: MIT
 */
#ifndef UKEY_ERR_H
#define UKEY_ERR_H

enum ukey_err {
	UKEY_OK = 0,
	UKEY_ERR_ORDER = -1,    /* the call does not fit the state */
	UKEY_ERR_SPACE = -2,    /* the caller's buffer is too small */
	UKEY_ERR_ARGUMENT = -3, /* an argument is out of its range */
	UKEY_ERR_CRYPTO = -4    /* the port's hash failed */
};

#endif
