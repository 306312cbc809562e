package format

// isDateTime follows RFC 3339 section 5.6.
func isDateTime(b []byte) bool {
	return len(b) > 10 && b[10]|0x20 == 't' && isDate(b[:10]) && isTime(b[11:])
}

// isDate is a full-date of RFC 3339: a day that the calendar has.
func isDate(b []byte) bool {
	if len(b) != 10 || b[4] != '-' || b[7] != '-' {
		return false
	}
	century, ok1 := twoDigits(b, 0)
	rest, ok2 := twoDigits(b, 2)
	month, ok3 := twoDigits(b, 5)
	day, ok4 := twoDigits(b, 8)
	if !ok1 || !ok2 || !ok3 || !ok4 || month < 1 || month > 12 || day < 1 {
		return false
	}
	return day <= daysOf(month, century*100+rest)
}

func daysOf(month, year int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// isTime is a full-time of RFC 3339. A leap second counts at the end of a UTC day only.
func isTime(b []byte) bool {
	if len(b) < 9 || b[2] != ':' || b[5] != ':' {
		return false
	}
	hour, ok1 := twoDigits(b, 0)
	minute, ok2 := twoDigits(b, 3)
	second, ok3 := twoDigits(b, 6)
	if !ok1 || !ok2 || !ok3 || hour > 23 || minute > 59 || second > 60 {
		return false
	}
	i := 8
	if b[i] == '.' {
		if i = digits(b, 9); i == 9 {
			return false
		}
	}
	offset, ok := offsetMinutes(b[i:])
	if !ok {
		return false
	}
	utc := (hour*60 + minute - offset + 24*60) % (24 * 60)
	return second < 60 || utc == 23*60+59
}

// offsetMinutes reads Z or +hh:mm.
func offsetMinutes(b []byte) (int, bool) {
	if len(b) == 1 {
		return 0, b[0]|0x20 == 'z'
	}
	if len(b) != 6 || b[3] != ':' || b[0] != '+' && b[0] != '-' {
		return 0, false
	}
	hours, ok1 := twoDigits(b, 1)
	minutes, ok2 := twoDigits(b, 4)
	if !ok1 || !ok2 || hours > 23 || minutes > 59 {
		return 0, false
	}
	if b[0] == '-' {
		return -hours*60 - minutes, true
	}
	return hours*60 + minutes, true
}

func twoDigits(b []byte, i int) (int, bool) {
	a, z := b[i]-'0', b[i+1]-'0'
	return int(a)*10 + int(z), a <= 9 && z <= 9
}

// digits is the position after the digits from i on.
func digits(b []byte, i int) int {
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return i
}
