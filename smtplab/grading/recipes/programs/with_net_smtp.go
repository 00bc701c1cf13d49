// Sends one message with net/smtp, as the environment says.
package main

import (
	"crypto/tls"
	"fmt"
	"net/smtp"
	"os"
	"strings"
)

func send() error {
	host := os.Getenv("SMTPLAB_HOST")
	mode := os.Getenv("SMTPLAB_TLS")
	config := &tls.Config{ServerName: host}
	client, err := connect(mode, config)
	if err != nil {
		return err
	}
	defer client.Close()
	if mode == "starttls" {
		if err := client.StartTLS(config); err != nil {
			return err
		}
	}
	if user, ok := os.LookupEnv("SMTPLAB_USERNAME"); ok {
		auth := smtp.PlainAuth("", user, os.Getenv("SMTPLAB_PASSWORD"), host)
		if err := client.Auth(auth); err != nil {
			return err
		}
	}
	if err := client.Mail(os.Getenv("SMTPLAB_SENDER")); err != nil {
		return err
	}
	for _, recipient := range strings.Split(os.Getenv("SMTPLAB_RECIPIENTS"), ",") {
		if err := client.Rcpt(recipient); err != nil {
			return err
		}
	}
	return deliver(client)
}

func connect(mode string, config *tls.Config) (*smtp.Client, error) {
	address := os.Getenv("SMTPLAB_ADDRESS")
	if mode != "implicit" {
		return smtp.Dial(address)
	}
	connection, err := tls.Dial("tcp", address, config)
	if err != nil {
		return nil, err
	}
	return smtp.NewClient(connection, config.ServerName)
}

func deliver(client *smtp.Client) error {
	message, err := os.ReadFile(os.Getenv("SMTPLAB_MESSAGE_FILE"))
	if err != nil {
		return err
	}
	writer, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := writer.Write(message); err != nil {
		return err
	}
	if err := writer.Close(); err != nil {
		return err
	}
	// The message was accepted: what becomes of QUIT changes nothing.
	client.Quit()
	return nil
}

func main() {
	if err := send(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
