package main

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

type releaseRequest struct {
	Namespace string `json:"namespace"`
	Claim     string `json:"claim"`
}

// release deletes a claim for good, as the resource claim controller lets it happen once its pods are gone: the
// reservation, the allocation and the finalizer go, in this order.
func release(ctx context.Context, client kubernetes.Interface, wanted releaseRequest) answer {
	api := client.ResourceV1().ResourceClaims(wanted.Namespace)
	claim, err := api.Get(ctx, wanted.Claim, metav1.GetOptions{})
	if err != nil {
		return answer{Error: err.Error()}
	}
	claim.Status.ReservedFor = nil
	claim.Status.Allocation = nil
	claim.Status.Devices = nil
	if claim, err = api.UpdateStatus(ctx, claim, metav1.UpdateOptions{}); err != nil {
		return answer{Error: fmt.Sprintf("clear the status of claim %s: %v", wanted.Claim, err)}
	}
	claim.Finalizers = nil
	if _, err = api.Update(ctx, claim, metav1.UpdateOptions{}); err != nil {
		return answer{Error: fmt.Sprintf("remove the finalizers of claim %s: %v", wanted.Claim, err)}
	}
	if err = api.Delete(ctx, wanted.Claim, metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
		return answer{Error: fmt.Sprintf("delete claim %s: %v", wanted.Claim, err)}
	}
	return answer{}
}
