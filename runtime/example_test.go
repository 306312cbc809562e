package runtime_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/runtime/endpoint"
)

// Middleware gives each request the topic of its region. Here a second one, inside the first, shows
// it and answers; without that the message would go to the topic.
func ExampleSetAttribute() {
	cfg, err := runtime.LoadConfig("", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	gw, err := runtime.New(cfg, runtime.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() {
		if err := gw.Close(context.Background()); err != nil {
			fmt.Println(err)
		}
	}()
	gw.Use("orders", func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			region := c.Request().Header.Get("X-Region")
			if region != "eu" && region != "us" { // never copied unchecked
				return runtime.NewError("FAILURE_INVALID_REQUEST", "X-Region must be eu or us")
			}
			ctx := c.Request().Context()
			if err := runtime.SetAttribute(ctx, "gravitee.attribute.kafka.producer.topics", "orders."+region); err != nil {
				return err
			}
			return next(c)
		}
	})
	gw.Use("orders", func(echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			topic, _ := runtime.Attribute(c.Request().Context(), "kafka.producer.topics")
			return c.String(http.StatusOK, fmt.Sprint(topic))
		}
	})
	// Generated code does this: generated.Register(gw, generated.Hooks{}).
	err = gw.Mount(runtime.API{Name: "orders", Operations: []runtime.Operation{{Descriptor: endpoint.Descriptor{
		API: "orders", Operation: "placeOrder",
		Entrypoints: []endpoint.Entrypoint{{Kind: endpoint.HTTPPost, Method: http.MethodPost, Path: "/orders", Config: "{}"}},
		Endpoints: []endpoint.JSON{`{"name":"default","configuration":{"bootstrapServers":"localhost:9092"},
			"sharedConfigurationOverride":{"producer":{"enabled":true,"topics":["orders"]}}}`},
	}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	handler, err := gw.Handler()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, region := range []string{"eu", "mars"} {
		request := httptest.NewRequest(http.MethodPost, "/orders", strings.NewReader("{}"))
		request.Header.Set("X-Region", region)
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		fmt.Println(answer.Code, answer.Body)
	}
	// Output:
	// 200 orders.eu
	// 400 {"type":"about:blank","title":"Invalid request","status":400,"detail":"X-Region must be eu or us","code":"FAILURE_INVALID_REQUEST","instance":"/orders"}
}
