// Checks rules for Prometheus, as Prometheus does when it loads a file of them: standard input is the file, standard
// output what is wrong with it, one line each.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
)

func main() {
	content, err := io.ReadAll(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_, problems := rulefmt.Parse(content, false, model.UTF8Validation)
	for _, problem := range problems {
		fmt.Println(problem)
	}
}
