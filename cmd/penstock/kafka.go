package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/cmd/penstock/internal/broker"
)

func newKafka(c *console) *cobra.Command {
	var listen, dataDir string
	var topics topicList
	cmd := &cobra.Command{
		Use:   "kafka",
		Short: "Run the embedded Kafka alone",
		Long: `Runs a Kafka broker in this process until it is interrupted: one node, no security, for trying things
out. It creates a topic of one partition when a client asks for one that is not there.

Without --data-dir its records live in a temporary folder that is removed at the end, at most
64 MiB a partition. With it they are kept, without a limit.`,
		Example: `  penstock kafka
  penstock kafka --listen 127.0.0.1:19092 --topic orders:3 --topic events:1
  penstock kafka --data-dir ./kafka-data`,
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.kafka(cmd.Context(), broker.Options{Listen: listen, Topics: topics, DataDir: dataDir, AutoCreate: true})
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:9092", "`address` to listen on; port 0 takes a free one")
	cmd.Flags().Var(&topics, "topic", "topic to create, `NAME:PARTITIONS`; may be given several times")
	cmd.Flags().StringVar(&dataDir, "data-dir", "", "`folder` that keeps the records")
	_ = cmd.MarkFlagDirname("data-dir")
	return cmd
}

func (c *console) kafka(ctx context.Context, options broker.Options) error {
	b, err := broker.Start(options)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.stdout, "Kafka listens on %s\n", b.Addr())
	for _, topic := range options.Topics {
		fmt.Fprintf(c.stdout, "topic %s, %s\n", topic.Name, plural(int(topic.Partitions), "partition"))
	}
	c.say("Interrupt (Ctrl-C) to stop.")
	<-ctx.Done()
	return b.Close()
}

// topicList is the value of --topic.
type topicList []broker.Topic

var topicName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,249}$`)

// maxPartitions is far above what a development broker can be asked for by intention.
const maxPartitions = 1000

// Set takes NAME or NAME:PARTITIONS.
func (l *topicList) Set(text string) error {
	name, count, counted := strings.Cut(text, ":")
	topic := broker.Topic{Name: name, Partitions: 1}
	if !topicName.MatchString(name) || name == "." || name == ".." {
		return fmt.Errorf("%q is not a topic name: use letters, digits, \".\", \"_\" and \"-\"", name)
	}
	if counted {
		n, err := strconv.ParseInt(count, 10, 32)
		if err != nil || n < 1 || n > maxPartitions {
			return fmt.Errorf("%q is not a number of partitions from 1 to %d", count, maxPartitions)
		}
		topic.Partitions = int32(n)
	}
	for _, other := range *l {
		if other.Name == name {
			return errors.New("the topic is given twice")
		}
	}
	*l = append(*l, topic)
	return nil
}

// String lists the topics.
func (l *topicList) String() string {
	names := make([]string, len(*l))
	for i, topic := range *l {
		names[i] = fmt.Sprintf("%s:%d", topic.Name, topic.Partitions)
	}
	return strings.Join(names, ",")
}

// Type is what --help shows.
func (*topicList) Type() string { return "NAME:PARTITIONS" }
