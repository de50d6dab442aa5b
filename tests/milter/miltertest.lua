-- miltertest.lua: OpenDKIM's milter client as a second opinion on our protocol
-- code.  SPDX-License-Identifier: MIT
--
-- From test_miltertest.sh: milter, conf, sock.

passed, failed = 0, 0

function is(wanted, found, what)
	if wanted == found then
		passed = passed + 1
	else
		failed = failed + 1
		mt.echo("FAIL " .. what .. ": wanted " .. tostring(wanted) ..
		    ", found " .. tostring(found))
	end
end

-- A call that gives no error, and the milter's reply to it.
function replied(reply, err, what)
	is(nil, err, what .. ": sent")
	is(reply, mt.getreply(conn), what .. ": reply")
end

-- A connection to the listener of submission or of the MX.
function open(daemon)
	conn = mt.connect(sock, 40, 0.25)
	if conn == nil then
		error("no connection to " .. sock)
	end
	is(nil, mt.negotiate(conn, nil, nil, nil), "negotiate")
	is(nil, mt.macro(conn, SMFIC_CONNECT, "j", "mx.example.net",
	    "{daemon_name}", daemon), "macros")
	replied(SMFIR_CONTINUE, mt.conninfo(conn, "client.example.org",
	    "192.0.2.7"), "connect")
end

-- The message: signed by FIELD unless nil; BODY differs where it was changed.
function letter(from, field, body)
	if field ~= nil then
		mt.header(conn, "DKIM-Signature", field)
	end
	mt.header(conn, "From", from)
	mt.header(conn, "To", " bob@example.net,\n\tcarol@example.net")
	mt.header(conn, "Subject", " second opinion ")
	mt.header(conn, "Date", " Thu, 12 Jun 2025 10:00:00 +0000")
	is(nil, mt.eoh(conn), "end of header")
	is(nil, mt.bodystring(conn, "Hello,\r\n"), "body")
	is(nil, mt.bodystring(conn, body), "body in two pieces")
	is(nil, mt.eom(conn), "end of message")
end

-- Whether the MX's results say RESULT; those of dkim stand above.
function results(result, what)
	value = mt.getheader(conn, "Authentication-Results", 0)
	is(true, value ~= nil and
	    string.find(value, "dkim=", 1, true) ~= nil, what .. ": dkim")
	value = mt.getheader(conn, "Authentication-Results", 1)
	is(true, value ~= nil and
	    string.find(value, "userkeys=" .. result, 1, true) ~= nil,
	    what .. " (" .. tostring(value) .. ")")
end

mt.startfilter(milter, "--foreground", "--config", conf)

-- What is asked for, and what is not.
open("ORIGINATING")
is(true, mt.test_action(conn, SMFIF_ADDHDRS), "adds fields")
is(true, mt.test_action(conn, SMFIF_CHGHDRS), "deletes fields")
is(false, mt.test_action(conn, SMFIF_CHGBODY), "changes no body")
is(false, mt.test_action(conn, SMFIF_DELRCPT), "takes no recipient")
is(true, mt.test_option(conn, SMFIP_HDR_LEADSPC), "blanks as they are")
is(false, mt.test_option(conn, SMFIP_NODATA), "DATA is answered")

-- Submission: signed; another's address and another's From refused.
mt.macro(conn, SMFIC_MAIL, "i", "one", "{auth_type}", "PLAIN",
    "{auth_authen}", "alice")
replied(SMFIR_CONTINUE, mt.mailfrom(conn, "<alice@example.test>"), "mail")
letter(" Alice <alice@example.test>", nil, "Alice\r\n")
is(SMFIR_CONTINUE, mt.getreply(conn), "accepted")
is(true, mt.eom_check(conn, MT_HDRINSERT, "DKIM-Signature"), "signed")
is(false, mt.eom_check(conn, MT_HDRADD), "nothing at the end")
is(false, mt.eom_check(conn, MT_BODYCHANGE), "the body stays")
signature = mt.getheader(conn, "DKIM-Signature", 0)

mt.macro(conn, SMFIC_MAIL, "i", "two", "{auth_authen}", "alice")
is(nil, mt.mailfrom(conn, "<bob@example.test>"), "mail of another")
is(SMFIR_REPLYCODE, mt.getreply(conn), "is refused")

mt.macro(conn, SMFIC_MAIL, "i", "three", "{auth_authen}", "alice")
mt.mailfrom(conn, "<alice@example.test>")
letter(" bob@example.test", nil, "Alice\r\n")
is(SMFIR_REPLYCODE, mt.getreply(conn), "From of another is refused")
is(nil, mt.abort(conn), "abort")
is(nil, mt.disconnect(conn), "disconnect")

-- The MX: what was signed passes, what was changed does not.
open("mx")
replied(SMFIR_CONTINUE, mt.mailfrom(conn, "<alice@example.test>"), "mail")
mt.header(conn, "Authentication-Results",
    " mx.example.net; userkeys=pass (forged)")
letter(" Alice <alice@example.test>", signature, "Alice\r\n")
is(SMFIR_CONTINUE, mt.getreply(conn), "accepted at the MX")
is(true, mt.eom_check(conn, MT_HDRDELETE, "Authentication-Results"),
    "the forged result goes")
results("pass", "what was signed passes")

replied(SMFIR_CONTINUE, mt.mailfrom(conn, "<alice@example.test>"), "mail")
letter(" Alice <alice@example.test>", signature, "Mallory\r\n")
is(SMFIR_REPLYCODE, mt.getreply(conn), "what was changed is refused")

replied(SMFIR_CONTINUE, mt.mailfrom(conn, "<>"), "null sender")
letter(" mailer@example.org", nil, "A bounce\r\n")
results("none", "a bounce is noted")
is(nil, mt.disconnect(conn), "disconnect")

-- An abrupt end in the middle leaves the milter well.
open("mx")
mt.mailfrom(conn, "<alice@example.test>")
mt.header(conn, "From", " alice@example.test")
is(nil, mt.disconnect(conn, false), "abrupt end")

-- An MTA of old: no blank after the colon, every step answered.
conn = mt.connect(sock)
is(nil, mt.negotiate(conn, 2, SMFIF_ADDHDRS + SMFIF_CHGHDRS, 0x7f),
    "version 2")
mt.macro(conn, SMFIC_CONNECT, "{daemon_name}", "ORIGINATING")
replied(SMFIR_CONTINUE, mt.conninfo(conn, "localhost", "127.0.0.1"),
    "connect, version 2")
mt.macro(conn, SMFIC_MAIL, "{auth_authen}", "alice")
replied(SMFIR_CONTINUE, mt.mailfrom(conn, "<alice@example.test>"), "mail")
letter("alice@example.test", nil, "Alice\r\n")
is(true, mt.eom_check(conn, MT_HDRINSERT, "DKIM-Signature"),
    "signed for an MTA of old")
is(nil, mt.disconnect(conn), "disconnect")

mt.echo(passed .. " passed, " .. failed .. " failed")
