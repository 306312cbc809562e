package main

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/generator"
	"github.com/penstock-dev/penstock/runtime"
)

// withStores adds what is wrong with the stores of documents that have no errors: one that cannot
// be opened is an error, one that is not on this machine a warning.
func withStores(issues []generator.Issue, files []string) []generator.Issue {
	if generator.Failed(issues) {
		return issues
	}
	apis, _ := generator.APIs(files...) // its issues are among those given
	for _, api := range apis {
		for _, d := range api.Descriptors {
			for _, p := range runtime.CheckStores(d) {
				issues = append(issues, storeIssue(p))
			}
		}
	}
	slices.SortStableFunc(issues, func(a, b generator.Issue) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(issues)
}

// storeIssue is a problem at its place, file:line:col.
func storeIssue(p runtime.StoreProblem) generator.Issue {
	issue := generator.Issue{File: p.Source, Line: 1, Column: 1, Warning: p.Missing, Message: p.Err.Error()}
	if p.Missing {
		issue.Message += ": it must be there where the gateway runs"
	}
	for _, number := range []*int{&issue.Column, &issue.Line} {
		i := strings.LastIndexByte(issue.File, ':')
		n, err := strconv.Atoi(issue.File[i+1:])
		if i < 0 || err != nil {
			break
		}
		issue.File, *number = issue.File[:i], n
	}
	return issue
}
