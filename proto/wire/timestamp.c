// SPDX-License-Identifier: Apache-2.0
// Instants and dates as text, see timestamp.h. No libc calendar: it knows locales and leaps that RFC 3339 and
// PostgreSQL do not.
#include "wire/timestamp.h"

#include <stdio.h>

enum { DAY_SECONDS = 86400, EPOCH_DAY = 719162 }; // days from 0001-01-01 to 1970-01-01

static bool is_leap(int32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int32_t month_days(int32_t year, int32_t month)
{
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

bool timestamp_is_date(int32_t year, int32_t month, int32_t day)
{
    return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
           day <= month_days(year, month);
}

// Days from 0001-01-01 to the first day of the year.
static int32_t days_before_year(int32_t year)
{
    int32_t past = year - 1;
    return past * 365 + past / 4 - past / 100 + past / 400;
}

static int32_t day_number(int32_t year, int32_t month, int32_t day)
{
    int32_t days = days_before_year(year);
    for (int32_t m = 1; m < month; m++)
        days += month_days(year, m);
    return days + day - 1;
}

static void date_of_day(int32_t days, int32_t *ret_year, int32_t *ret_month, int32_t *ret_day)
{
    int32_t year = days / 366 + 1; // never too late
    while (days_before_year(year + 1) <= days)
        year++;
    days -= days_before_year(year);
    int32_t month = 1;
    for (; days >= month_days(year, month); month++)
        days -= month_days(year, month);
    *ret_year = year;
    *ret_month = month;
    *ret_day = days + 1;
}

bool timestamp_format(int64_t seconds, int32_t nanos, char ret_text[TIMESTAMP_TEXT_SIZE])
{
    int64_t first = -(int64_t)EPOCH_DAY * DAY_SECONDS;
    int64_t last = ((int64_t)day_number(9999, 12, 31) - EPOCH_DAY + 1) * DAY_SECONDS - 1;
    if (seconds < first || seconds > last || nanos < 0 || nanos > 999999999)
        return false;
    int64_t since = seconds - first;
    int32_t year, month, day, of_day = (int32_t)(since % DAY_SECONDS);
    date_of_day((int32_t)(since / DAY_SECONDS), &year, &month, &day);
    char fraction[12] = "";
    if (nanos % 1000)
        snprintf(fraction, sizeof fraction, ".%09d", (int)nanos);
    else if (nanos)
        snprintf(fraction, sizeof fraction, ".%06d", (int)(nanos / 1000));
    snprintf(ret_text, TIMESTAMP_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d%sZ", (int)year, (int)month,
             (int)day, (int)(of_day / 3600), (int)(of_day / 60 % 60), (int)(of_day % 60), fraction);
    return true;
}

struct cursor {
    const char *at;
    const char *end;
};

// Exactly `digits` digits; false when they are not there.
static bool take_number(struct cursor *cursor, int digits, int32_t *ret_number)
{
    int32_t number = 0;
    if (cursor->end - cursor->at < digits)
        return false;
    for (int i = 0; i < digits; i++, cursor->at++) {
        if (*cursor->at < '0' || *cursor->at > '9')
            return false;
        number = number * 10 + (*cursor->at - '0');
    }
    *ret_number = number;
    return true;
}

static bool take_char(struct cursor *cursor, char character)
{
    if (cursor->at == cursor->end || *cursor->at != character)
        return false;
    cursor->at++;
    return true;
}

static bool take_date(struct cursor *cursor, int32_t *ret_year, int32_t *ret_month, int32_t *ret_day)
{
    return take_number(cursor, 4, ret_year) && take_char(cursor, '-') && take_number(cursor, 2, ret_month) &&
           take_char(cursor, '-') && take_number(cursor, 2, ret_day) &&
           timestamp_is_date(*ret_year, *ret_month, *ret_day);
}

static bool take_fraction(struct cursor *cursor, int32_t *ret_nanos)
{
    int32_t nanos = 0, unit = 100000000;
    *ret_nanos = 0;
    if (!take_char(cursor, '.'))
        return true;
    const char *first = cursor->at;
    for (; cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9'; cursor->at++) {
        if (unit == 0)
            return false;
        nanos += (*cursor->at - '0') * unit;
        unit /= 10;
    }
    *ret_nanos = nanos;
    return cursor->at > first;
}

// Seconds east of UTC.
static bool take_offset(struct cursor *cursor, int32_t *ret_offset)
{
    *ret_offset = 0;
    if (take_char(cursor, 'Z') || take_char(cursor, 'z'))
        return true;
    int32_t hours, minutes = 0;
    bool west = take_char(cursor, '-');
    if ((!west && !take_char(cursor, '+')) || !take_number(cursor, 2, &hours))
        return false;
    if (cursor->at < cursor->end && (!take_char(cursor, ':') || !take_number(cursor, 2, &minutes)))
        return false;
    if (hours > 23 || minutes > 59)
        return false;
    *ret_offset = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
    return true;
}

bool timestamp_parse(const char *text, size_t length, int64_t *ret_seconds, int32_t *ret_nanos)
{
    struct cursor cursor = {text, text + length};
    int32_t year, month, day, hour, minute, second, nanos, offset;
    if (!take_date(&cursor, &year, &month, &day) ||
        (!take_char(&cursor, 'T') && !take_char(&cursor, 't') && !take_char(&cursor, ' ')) ||
        !take_number(&cursor, 2, &hour) || !take_char(&cursor, ':') || !take_number(&cursor, 2, &minute) ||
        !take_char(&cursor, ':') || !take_number(&cursor, 2, &second) || !take_fraction(&cursor, &nanos) ||
        !take_offset(&cursor, &offset) || cursor.at != cursor.end)
        return false;
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    int64_t days = (int64_t)day_number(year, month, day) - EPOCH_DAY;
    *ret_seconds = days * DAY_SECONDS + hour * 3600 + minute * 60 + second - offset;
    *ret_nanos = nanos;
    return true;
}

bool timestamp_parse_date(const char *text, size_t length, int32_t *ret_year, int32_t *ret_month,
                          int32_t *ret_day)
{
    struct cursor cursor = {text, text + length};
    int32_t year, month, day;
    if (!take_date(&cursor, &year, &month, &day) || cursor.at != cursor.end)
        return false;
    *ret_year = year;
    *ret_month = month;
    *ret_day = day;
    return true;
}
