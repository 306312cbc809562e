// Package generator turns annotated documents into the typed code of a gateway, checks them and
// explains them. Each document goes through the stages below generator/internal: document reads
// it, model makes one model of every format, ir fixes names and Go code, render fills the
// templates and write puts the files on disk.
//
// Nothing is fetched. The problems of all documents are returned together, each with its place.
package generator
