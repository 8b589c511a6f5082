"""Every reason to say no, as one vocabulary.

Codes are English and stable: they stand in tables, in JSON answers and in reports. Their Korean
sentences are in `alimnaru/wording.py`; a code without words fails a test.
"""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """Why a file, a row or a message does not go. The prefix says what was refused."""

    # The file as a whole: nothing of it is stored.
    FILE_NOT_FOUND = "file_not_found"
    FILE_EMPTY = "file_empty"
    FILE_TOO_LARGE = "file_too_large"
    FILE_NOT_A_LIST = "file_not_a_list"
    FILE_DAMAGED = "file_damaged"
    FILE_BOMB = "file_bomb"
    FILE_PASSWORD = "file_password"  # noqa: S105 - a code, not a secret
    FILE_DRM = "file_drm"
    FILE_ENCODING = "file_encoding"
    FILE_LINE_TOO_LONG = "file_line_too_long"
    FILE_TOO_MANY_COLUMNS = "file_too_many_columns"
    FILE_TOO_MANY_ROWS = "file_too_many_rows"
    SHEET_NOT_FOUND = "sheet_not_found"
    SHEET_WHICH = "sheet_which"
    HEADER_NOT_FOUND = "header_not_found"
    HEADER_ONLY = "header_only"
    COLUMN_MISSING = "column_missing"
    COLUMN_TWICE = "column_twice"
    COLUMN_FORBIDDEN = "column_forbidden"
    NOTHING_TO_SEND = "nothing_to_send"

    # One row: it is reported and left out, the others go.
    PHONE_EMPTY = "phone_empty"
    PHONE_TWO = "phone_two"
    PHONE_LANDLINE = "phone_landline"
    PHONE_DEAD_PREFIX = "phone_dead_prefix"
    PHONE_TOO_SHORT = "phone_too_short"
    PHONE_TOO_LONG = "phone_too_long"
    PHONE_NOT_A_NUMBER = "phone_not_a_number"
    PHONE_FOREIGN = "phone_foreign"
    PHONE_PLACEHOLDER = "phone_placeholder"
    VALUE_EMPTY = "value_empty"
    VALUE_TOO_LONG = "value_too_long"
    VALUE_NOT_A_DATE = "value_not_a_date"
    VALUE_NOT_A_TIME = "value_not_a_time"
    VALUE_NOT_A_NUMBER = "value_not_a_number"
    VALUE_NOT_IN_LIST = "value_not_in_list"
    VALUE_FORMULA_ERROR = "value_formula_error"
    VALUE_FORMULA = "value_formula"
    VALUE_HAS_LINK = "value_has_link"
    VALUE_HAS_MARK = "value_has_mark"
    VALUE_CONTROL_CHARACTER = "value_control_character"
    VALUE_RESIDENT_NUMBER = "value_resident_number"
    ROW_DUPLICATE = "row_duplicate"
    TEXT_TOO_LONG = "text_too_long"
    SMS_TOO_LONG = "sms_too_long"
    SMS_UNPRINTABLE = "sms_unprintable"
    PHONE_NOT_OFFICE = "phone_not_office"
    VALUE_NOT_A_NAME = "value_not_a_name"
    VALUE_NOT_TEXT = "value_not_text"
    VALUE_TWO_PHONES = "value_two_phones"
    VALUE_NAME_LIST = "value_name_list"

    # A picture: it is not kept.
    PICTURE_UNREADABLE = "picture_unreadable"
    PICTURE_TOO_LARGE = "picture_too_large"
    PICTURE_TOO_WIDE = "picture_too_wide"
    PICTURE_WRONG_SHAPE = "picture_wrong_shape"

    # What an office wants of a notice, and its wording cannot do.
    NO_TEXT_FOR_CHANNEL = "no_text_for_channel"

    # One message, decided at the exit.
    OPTED_OUT = "opted_out"
    NUMBER_SUSPENDED = "number_suspended"
    NO_SERVICE_CONSENT = "no_service_consent"
    EXPIRED = "expired"
    DAILY_CAP = "daily_cap"
    CANCELLED_BY_STAFF = "cancelled_by_staff"
    NO_CHANNEL_LEFT = "no_channel_left"
    NO_LONGER_TRUE = "no_longer_true"

    # A chunk or batch waits: nothing is lost, somebody must act.
    RELEASE_AWAITED = "release_awaited"
    FIRST_SLICE = "first_slice"
    SLICE_FAILED = "slice_failed"
    SPEND_CAP = "spend_cap"
    BATCH_STOPPED = "batch_stopped"
    TEMPLATE_NOT_APPROVED = "template_not_approved"
    NO_ACCOUNT = "no_account"
    ACCOUNT_REFUSED = "account_refused"
    BALANCE_EMPTY = "balance_empty"
    SENDER_NUMBER_MISSING = "sender_number_missing"
    CHANNEL_OFF = "channel_off"
    PICTURE_REFUSED = "picture_refused"
